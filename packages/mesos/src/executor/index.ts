/** What an executor process needs to be one of Mesos. */
export { joinAgent } from './join-agent.js';
