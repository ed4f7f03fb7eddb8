import { type Answer, json, type ScriptedServer } from './scripted.ts';

/** `HeLlOwOrLd` and what it hashes to. */
export const hello = {
  text: 'HeLlOwOrLd',
  hashes: {
    sha256: '6185f05eedae5f2c26d91088b90bce00200bd77d26d794050de09ed18fa72f17',
    sha512:
      '5d01a0927e0b4eeafebecb13fe308a3a6b4d0b95d6f3714d5a813b5d1856abbe45f5d20728a81a1b984cd650e01d0b565645f0543fc0d238467c46aba2de7ee1',
  },
};

export const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
export const anHourAgo = () => new Date(Date.now() - 3_600_000).toISOString();

/** `startDownload`: the data is at `/storage/data`, and these are its hashes. */
export function startedDownload(
  server: ScriptedServer,
  hashes: object = hello.hashes,
  expires = inAnHour(),
): Answer {
  return json({ method: 'getUrl', url: `${server.rootUrl}/storage/data?signature=s3cret`, expires, hashes });
}

/** `createUpload`: put the data to `/storage/data` with these headers. */
export function uploadByUrl(
  server: ScriptedServer,
  headers: Readonly<Record<string, string>> = {},
  expires = inAnHour(),
): Answer {
  return createdUpload({
    putUrl: { url: `${server.rootUrl}/storage/data?signature=s3cret`, expires, headers },
  });
}

export function createdUpload(uploadMethod: object): Answer {
  return json({ projectId: 'project', uploadId: 'id', expires: inAnHour(), uploadMethod });
}
