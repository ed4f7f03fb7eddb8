import type { Interaction } from '../interaction.ts';
import type { Interactor } from '../interactor.ts';
import { type Fields, field, objectField, tokenOf } from '../wire.ts';

/** How a form is filled in. */
export interface FormOptions {
  /**
   * Gives the values of a form, by the names of its fields. `schema` has those names, each with `type`, `description`,
   * `secret`, `mandatory` and the like (as Juju's `environschema`); `location` is the third party that wants to know.
   */
  readonly fill: (schema: Fields, location: string) => Fields | Promise<Fields>;
}

/** Fields that the third party names are filled in, by a person or a program. */
export function form({ fill }: FormOptions): Interactor {
  const send = async (interaction: Interaction, url: URL): Promise<Fields> => {
    const schema = objectField(await interaction.get(url), 'schema');
    if (schema === undefined) throw interaction.failure('the third party gives no schema of its form');
    const filled = await fill(schema, interaction.location.href);
    const secrets = Object.values(filled).filter((value) => typeof value === 'string');
    return interaction.post(url, { form: filled }, { secrets });
  };
  return {
    kind: 'form',
    async interact(interaction) {
      const answer = await send(interaction, interaction.askable(field(interaction.data, 'url')));
      const token = tokenOf(objectField(answer, 'token'));
      if (token === undefined) throw interaction.failure('the third party gives no token for the form');
      return token;
    },
    async interactOfOld(interaction, visit) {
      await send(interaction, interaction.askable(visit.href));
      return true;
    },
  };
}
