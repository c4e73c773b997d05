export const samples: Readonly<Record<string, unknown>>;
