import { text } from '../core/service.ts';
import type { Model } from './deployment.ts';

/** What GitHub would know is answered with examples; this is what isn't JSON. */
export const github: Model = {
  service: 'github',
  handlers: {
    badge: () => text(badge, 200, { 'content-type': 'image/svg+xml' }),
    latest(call) {
      const url = `${call.request.rootUrl}/tasks/groups/AAAAAAAAQACAAAAAAAAAAA`;
      return text(`See Other. Redirecting to ${url}`, 303, {
        'content-type': 'text/plain; charset=utf-8',
        location: url,
      });
    },
  },
};

const badge = `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="20" role="img" aria-label="task group: success">
  <rect width="120" height="20" rx="3" fill="#3a3"/>
  <text x="60" y="14" fill="#fff" font-family="sans-serif" font-size="11" text-anchor="middle">success</text>
</svg>
`;
