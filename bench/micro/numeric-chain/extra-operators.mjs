/** How many narrow operators the extended chain has beyond the four of the basic one. */
export const extraOperators = 16;
