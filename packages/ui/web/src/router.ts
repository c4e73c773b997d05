import { useEffect, useState } from 'preact/hooks';

/** The parts of the address behind `#/`. */
export function useRoute(): readonly string[] {
  const [route, setRoute] = useState(currentRoute);
  useEffect(() => {
    const update = () => {
      setRoute(currentRoute());
      scrollTo(0, 0);
    };
    addEventListener('hashchange', update);
    return () => removeEventListener('hashchange', update);
  }, []);
  return route;
}

function currentRoute(): readonly string[] {
  return location.hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
}

export function href(appId: string, ...path: readonly (string | number)[]): string {
  return `#/${[appId, ...path].map(encodeURIComponent).join('/')}`;
}
