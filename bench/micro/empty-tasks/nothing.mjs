/** @returns {number} */
export function countNothing() {
  return 0;
}
