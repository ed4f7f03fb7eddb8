/** Tells a person what is being done: one line that changes on a terminal, a line a stage elsewhere. */
export interface Progress {
  /** Something that takes time begins. */
  stage(text: string): void;
  /** How far it is; shown on a terminal only. */
  detail(text: string): void;
  /** Clears the line of a terminal. */
  end(): void;
}

export const silent: Progress = { stage() {}, detail() {}, end() {} };

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const CLEAR_LINE = '\r\u001b[K';

export function createProgress(output: Output): Progress {
  if (output.isTTY !== true) return { ...silent, stage: (text) => output.write(`${text}\n`) };
  let stage = '';
  const show = (text: string): void => {
    output.write(`${CLEAR_LINE}${text.slice(0, (output.columns ?? 80) - 1)}`);
  };
  return {
    stage(text) {
      stage = text;
      show(text);
    },
    detail: (text) => show(`${stage} (${text})`),
    end: () => output.write(CLEAR_LINE),
  };
}
