/** Blocks between processes. Apart from the rest, since threads that run tasks need no HTTP. */

export {
  defaultServiceDirectory,
  prepareExecutorDirectory,
} from '../service/application-directory.js';
export { ShuffleServiceClient } from '../service/service-client.js';
export {
  type ServiceCommand,
  type ServiceIdentity,
  serviceIdentity,
} from '../service/service-paths.js';
export { ShuffleService, type ShuffleServiceOptions } from '../service/shuffle-service.js';
export { BlockClient, type BlockClientOptions, BlocksUnavailable } from './block-client.js';
export { BlockServer, type BlockServerOptions } from './block-server.js';
