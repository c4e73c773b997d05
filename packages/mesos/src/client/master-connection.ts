import {
  completeMessage,
  decodeProtobuf,
  encodeProtobuf,
  type SchedulerCall,
  type SchedulerEvent,
} from '@firesteel/mesos-protocol';
import {
  type ConnectionListener,
  type ConnectionTimeouts,
  type ConnectionTls,
  type EventApi,
  EventConnection,
  type Rejection,
} from './event-connection.js';
import { failureOf, type MasterFailure } from './master-failure.js';

export interface Credential {
  readonly principal: string;
  readonly secret: string;
}

export interface MasterConnectionOptions {
  readonly credential?: Credential;
  readonly tls?: ConnectionTls;
  readonly timeouts: ConnectionTimeouts;
}

const schedulerApi: EventApi<SchedulerCall, SchedulerEvent> = {
  path: '/api/v1/scheduler',
  encode: (call) => encodeProtobuf('scheduler.Call', call),
  decode: (record) => completeMessage('scheduler.Event', decodeProtobuf('scheduler.Event', record)),
};

/** One subscription with one master. */
export class MasterConnection {
  readonly master: string;
  readonly #connection: EventConnection<SchedulerCall, SchedulerEvent>;

  private constructor(master: string, connection: EventConnection<SchedulerCall, SchedulerEvent>) {
    this.master = master;
    this.#connection = connection;
  }

  /** Subscribes. Resolves with the connection as soon as the stream is open, or with why it is not. */
  static async open(
    master: string,
    call: SchedulerCall,
    { credential, ...rest }: MasterConnectionOptions,
    listener: ConnectionListener<SchedulerEvent>,
  ): Promise<MasterConnection | MasterFailure> {
    const authorization = credential && basic(credential);
    const options = { address: master, ...rest, ...(authorization && { authorization }) };
    const opened = await EventConnection.open(schedulerApi, options, call, listener);
    return opened instanceof EventConnection
      ? new MasterConnection(master, opened)
      : masterFailure(master, call, opened);
  }

  /** Sends a call after those before it were answered. Undefined if the master took it. */
  async send(call: SchedulerCall): Promise<MasterFailure | undefined> {
    const rejection = await this.#connection.send(call);
    return rejection && masterFailure(this.master, call, rejection);
  }

  /** Drops both connections; the listener hears nothing any more. */
  close(): void {
    this.#connection.close();
  }
}

function masterFailure(master: string, call: SchedulerCall, rejection: Rejection): MasterFailure {
  if (rejection.kind === 'answered') return failureOf({ master, call: call.type, ...rejection });
  const { why, cause } = rejection;
  return { kind: 'unavailable', why, cause };
}

const basic = ({ principal, secret }: Credential): string =>
  `Basic ${Buffer.from(`${principal}:${secret}`).toString('base64')}`;
