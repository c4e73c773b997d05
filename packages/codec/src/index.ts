export { finishHash, hashNumber, hashString, mixWord } from './hash.js';
