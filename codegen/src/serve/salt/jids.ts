import type { Master } from './deployment.ts';

/** The id of a job: when it began, to the microsecond. */
export function nextJid(master: Master): string {
  const now = Math.floor(master.clock.now()) * 1000;
  master.lastJid = Math.max(now, master.lastJid + 1);
  const digits = new Date(master.lastJid / 1000).toISOString().replace(/\D/g, '').slice(0, 17);
  return digits + String(master.lastJid % 1000).padStart(3, '0');
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2026, Nov 21 19:18:06.823574`; nothing for what is no id of a job. */
export function startTime(jid: string): string {
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{6})$/.exec(jid);
  if (found === null) return '';
  const [, year, month, day, hour, minute, second, rest] = found;
  return `${year}, ${months[Number(month) - 1] ?? ''} ${day} ${hour}:${minute}:${second}.${rest}`;
}
