/** Where something secret may be told: URLs, below which everything is meant, or a function of the third party's URL. */
export type Places = readonly string[] | ((location: URL) => boolean);

/** @throws TypeError when a URL can't be one */
export function placesOf(places: Places): (location: URL) => boolean {
  if (typeof places === 'function') return places;
  const folders = places.map((place) => {
    const url = URL.parse(place);
    if (url === null) throw new TypeError(`a place must be an absolute URL, not ${JSON.stringify(place)}`);
    return folderOf(url);
  });
  return (location) => folders.some((folder) => folderOf(location).startsWith(folder));
}

/** Always with a slash at its end, so that no name is the beginning of another one. */
export function folderOf({ origin, pathname }: URL): string {
  return `${origin}${pathname.endsWith('/') ? pathname : `${pathname}/`}`;
}
