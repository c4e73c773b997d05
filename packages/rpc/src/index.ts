/** Authenticated connections between the processes of an application. */
export { connect } from './connect.js';
export type { ConnectionEnd, RequestOptions, RpcConnection, RpcHandler } from './connection.js';
export type { RpcOptions } from './endpoint.js';
export { listenInRange, type PortRange } from './listen.js';
export { Secret } from './secret.js';
export { RpcServer } from './server.js';
export { readTls, rpcOptions, SECRET_VARIABLE, takeSecret } from './settings.js';
export type { TlsOptions } from './tls.js';
