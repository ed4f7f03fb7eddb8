type Headers = Readonly<Record<string, string>>;

/** What stands where a secret was. */
export const mask = '***';

/** What is shorter is found in many an innocent word. */
const shortestSecret = 4;

/** What others say, as it may be shown: some repeat the secret that they don't like. */
export function masked(text: string, secrets: readonly string[]): string {
  return (
    secrets
      .filter((secret) => secret.length >= shortestSecret)
      // One secret may be a part of another.
      .sort((a, b) => b.length - a.length)
      .reduce((shown, secret) => withoutBeginning(shown.replaceAll(secret, mask), secret), text)
  );
}

/** An excerpt may end in the midst of a secret. */
function withoutBeginning(text: string, secret: string): string {
  if (!text.includes('…')) return text;
  for (let length = secret.length - 1; length >= shortestSecret; length -= 1) {
    const beginning = `${secret.slice(0, length)}…`;
    if (text.includes(beginning)) return text.replaceAll(beginning, `${mask}…`);
  }
  return text;
}

/** Also of those whose names nobody knows in advance, as services and callers have their own. */
const secretName = /authorization|cookie|credential|macaroon|passw|secret|signature|token|key$/i;

/** Whether the value of a header must not be shown. `proof`: those that a signer gave, none of which is shown. */
export function isSecretHeader(name: string, proof: Headers = {}): boolean {
  return secretName.test(name) || Object.hasOwn(proof, name);
}

/** The secrets of headers that were sent. */
export function secretsIn(headers: Headers, proof: Headers): string[] {
  return (
    Object.entries(headers)
      // A proof may tell a version, and a signature cover what says how long the body is: that others repeat.
      .filter(([name]) => isSecretHeader(name, proof) && !/^content-|version$/i.test(name))
      .flatMap(([name, value]) =>
        name.toLowerCase() === 'cookie' ? cookieValues(value) : value.replace(/^\S+ (?=\S+$)/, ''),
      )
  );
}

function cookieValues(cookies: string): string[] {
  return cookies.split(/; ?/).map((pair) => pair.slice(pair.indexOf('=') + 1));
}
