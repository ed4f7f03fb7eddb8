/** What the tests use of the npm package, which has no types. */
declare module 'macaroon' {
  export interface PackageMacaroon {
    readonly identifier: Uint8Array;
    readonly location: string;
    readonly signature: Uint8Array;
    readonly caveats: readonly { readonly identifier: Uint8Array; readonly location?: string }[];
    addFirstPartyCaveat(condition: string | Uint8Array): void;
    addThirdPartyCaveat(rootKey: string | Uint8Array, id: string | Uint8Array, location?: string): void;
    bindToRoot(signature: Uint8Array): void;
    verify(
      rootKey: string | Uint8Array,
      check: (condition: string) => string | null,
      discharges?: readonly PackageMacaroon[],
    ): void;
    exportJSON(): object;
    exportBinary(): Uint8Array;
  }

  interface MacaroonPackage {
    newMacaroon(options: {
      identifier: string | Uint8Array;
      location?: string;
      rootKey: string | Uint8Array;
      version?: number;
    }): PackageMacaroon;
    importMacaroon(input: unknown): PackageMacaroon;
    importMacaroons(input: unknown): PackageMacaroon[];
  }

  const all: MacaroonPackage;
  // biome-ignore lint/style/noDefaultExport: that is how it is exported.
  export default all;
}
