/** What `openapi.ts` runs once there is a client: it imports what that program has generated. */
import {
  isResponseError,
  type PetShopTypes,
  Pets,
  petShop,
  ResponseError,
} from '../../.tmp/petshop/client/index.ts';
import { attempt, conclude, firstLine, heading, refusal, step } from '../steps.ts';
import { firstId, openShop } from './server.ts';

await using shop = await openShop();
await using session = petShop({ baseUrl: shop.url, credentials: { key: async () => shop.key } });
const pets = new Pets(session);
const rex = { name: 'Rex', kind: 'dog', passphrase: 'bone' } as const satisfies PetShopTypes.PetInput;

heading(`A shop at ${shop.url}, called through that client`);

await step('take a pet in', 'pets.create({ name, kind, passphrase })', async () => {
  const pet = await pets.create(rex);
  // `pet.passphrase` and `{ id, … }` as what is sent don't compile: one is writeOnly, the other readOnly.
  const sent = shop.seen.at(-1)?.body;
  return { found: `sent ${sent}`, holds: pet.name === 'Rex' && sent === JSON.stringify(rex) };
});

await step('64 bits, exactly', 'pets.get(id)', async () => {
  const pet = await pets.get(firstId);
  const asked = shop.seen.at(-1)?.line;
  const found = `${asked} gave ${pet.id}n; a number would have made ${Number(pet.id)} of it`;
  return { found, holds: pet.id === firstId && asked === `GET /pets/${firstId}` };
});

await step('a date is a Date', 'pets.get(id)', async () => {
  const { born } = await pets.get(firstId);
  return { found: `${born?.toUTCString()}`, holds: born?.getTime() === Date.UTC(2026, 1, 3, 4, 5, 6) };
});

await step('a list, as styled', "pets.list({ kind: 'dog', tags: ['a', 'b c'] })", async () => {
  const { value, status } = await pets.list({ kind: 'dog', tags: ['a', 'b c'] }).withResponse();
  const asked = shop.seen.at(-1)?.line ?? '';
  return {
    found: `${asked}: ${status}, ${value.length} pet`,
    holds: asked === 'GET /pets?kind=dog&tags=a,b%20c' && value.length === 1,
  };
});

await step('an error with a type', 'isResponseError<PetsCreateErrors>(error)', async () => {
  const error = await attempt(() => pets.create(rex));
  if (!isResponseError<PetShopTypes.PetsCreateErrors>(error) || error.status !== 409)
    return { found: firstLine(error), holds: false };
  const { message } = error.body;
  return {
    found: `${error.status}, category ${error.category}: ${message}`,
    holds: message === 'there is a Rex',
  };
});

await step('without a key', 'new Pets(session.with({ … })).list()', async () => {
  const nobody = new Pets(session.with({ credentials: undefined }));
  return await refusal(nobody.list(), { status: 401, category: 'unauthorized' });
});

await step('no secret in sight', 'console.log(error)', async () => {
  const error = await attempt(() => pets.get(1));
  const shown = error instanceof ResponseError ? JSON.stringify([error.message, error.record]) : '';
  return { found: firstLine(error), holds: shown !== '' && !shown.includes(shop.key) };
});

conclude(`All of it held: a client for ${shop.seen.length} requests, and none of it written by hand.`);
