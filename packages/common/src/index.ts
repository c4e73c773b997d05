/** What every Firesteel package shares: errors with stable codes, configuration, units. */
export { type ErrorCode, errorCodes, FiresteelError, invalidArgument, shown } from './errors.js';
export { didYouMean, nearest } from './nearest.js';
