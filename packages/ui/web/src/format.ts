/** Such as `1.4 s` or `2 min 5 s`. */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return '';
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Such as `62.1 MiB`. */
export function bytes(size: number | undefined): string {
  if (size === undefined || size === 0) return '';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = size;
  let unit = 0;
  for (; value >= 1023.5 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

/** Such as `1,234,567`; nothing for nothing. */
export function count(value: number | undefined): string {
  return value === undefined || value === 0 ? '' : Math.round(value).toLocaleString('en-US');
}

/** Such as `2026-11-26 13:05:09`, where the reader is. */
export function time(ms: number | undefined): string {
  if (ms === undefined) return '';
  const date = new Date(ms);
  const two = (value: number) => `${value}`.padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${clock}`;
}

/** Rows and bytes of one kind, such as `1,200 rows, 3.1 MiB`. */
export function amount(rows: number, size: number): string {
  return [rows > 0 ? rowsText(rows) : '', bytes(size)].filter((text) => text !== '').join(', ');
}

export function rowsText(rows: number): string {
  return rows === 1 ? '1 row' : `${count(rows) || 0} rows`;
}
