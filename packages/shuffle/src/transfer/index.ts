/** Blocks between processes. Apart from the rest, since threads that run tasks need no HTTP. */
export { BlockClient, type BlockClientOptions, BlocksUnavailable } from './block-client.js';
export { BlockServer, type BlockServerOptions } from './block-server.js';
