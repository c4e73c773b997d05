/** What every page of an application is given. */
export interface PageProps {
  readonly appId: string;
  /** Grows when something has happened. */
  readonly version: number;
}
