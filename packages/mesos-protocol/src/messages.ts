/**
 * The messages of the Mesos v1 API as plain objects, under the names they have on the wire. A field
 * that is absent is not set: zero values carry meaning in Mesos. Enums are names, bytes are
 * Uint8Array, 64-bit integers are bigint.
 *
 * Generated from proto/*.proto by scripts/generate-messages.mjs, into one file, because nobody reads
 * it from end to end or changes it by hand: what is parted by topic are the .proto files.
 */

export interface FrameworkID {
  readonly value: string;
}

export interface OfferID {
  readonly value: string;
}

export interface AgentID {
  readonly value: string;
}

export interface TaskID {
  readonly value: string;
}

export interface ExecutorID {
  readonly value: string;
}

export interface OperationID {
  readonly value: string;
}

export interface ResourceProviderID {
  readonly value: string;
}

export interface ContainerID {
  readonly value: string;
  readonly parent?: ContainerID;
}

export interface UUID {
  readonly value: Uint8Array;
}

export interface TimeInfo {
  readonly nanoseconds: bigint;
}

export interface DurationInfo {
  readonly nanoseconds: bigint;
}

export interface Address {
  readonly hostname?: string;
  readonly ip?: string;
  readonly port: number;
}

export interface URL {
  readonly scheme: string;
  readonly address: Address;
  readonly path?: string;
  readonly query?: readonly Parameter[];
  readonly fragment?: string;
}

export interface Parameter {
  readonly key: string;
  readonly value: string;
}

export interface Parameters {
  readonly parameter?: readonly Parameter[];
}

export interface Label {
  readonly key: string;
  readonly value?: string;
}

export interface Labels {
  readonly labels?: readonly Label[];
}

export interface Unavailability {
  readonly start: TimeInfo;
  readonly duration?: DurationInfo;
}

export interface MachineID {
  readonly hostname?: string;
  readonly ip?: string;
}

export interface WeightInfo {
  readonly weight: number;
  readonly role?: string;
}

export interface Role {
  readonly name: string;
  readonly weight: number;
  readonly frameworks?: readonly FrameworkID[];
  readonly resources?: readonly Resource[];
}

export interface VersionInfo {
  readonly version: string;
  readonly build_date?: string;
  readonly build_time?: number;
  readonly build_user?: string;
  readonly git_sha?: string;
  readonly git_branch?: string;
  readonly git_tag?: string;
}

export interface Flag {
  readonly name: string;
  readonly value?: string;
}

export interface Metric {
  readonly name: string;
  readonly value?: number;
}

export interface DomainInfo {
  readonly fault_domain?: DomainInfoFaultDomain;
}

export interface DomainInfoFaultDomain {
  readonly region: DomainInfoFaultDomainRegionInfo;
  readonly zone: DomainInfoFaultDomainZoneInfo;
}

export interface DomainInfoFaultDomainRegionInfo {
  readonly name: string;
}

export interface DomainInfoFaultDomainZoneInfo {
  readonly name: string;
}

export interface FrameworkInfo {
  readonly user: string;
  readonly name: string;
  readonly id?: FrameworkID;
  readonly failover_timeout?: number;
  readonly checkpoint?: boolean;
  readonly role?: string;
  readonly hostname?: string;
  readonly principal?: string;
  readonly webui_url?: string;
  readonly capabilities?: readonly FrameworkInfoCapability[];
  readonly labels?: Labels;
  readonly roles?: readonly string[];
  readonly offer_filters?: Readonly<Record<string, OfferFilters>>;
}

export interface FrameworkInfoCapability {
  readonly type?: FrameworkInfoCapabilityType;
}

export type FrameworkInfoCapabilityType =
  | 'UNKNOWN'
  | 'REVOCABLE_RESOURCES'
  | 'TASK_KILLING_STATE'
  | 'GPU_RESOURCES'
  | 'SHARED_RESOURCES'
  | 'PARTITION_AWARE'
  | 'MULTI_ROLE'
  | 'RESERVATION_REFINEMENT'
  | 'REGION_AWARE';

export interface OfferFilters {
  readonly min_allocatable_resources?: OfferFiltersMinAllocatableResources;
}

export interface OfferFiltersResourceQuantities {
  readonly quantities?: Readonly<Record<string, ValueScalar>>;
}

export interface OfferFiltersMinAllocatableResources {
  readonly quantities?: readonly OfferFiltersResourceQuantities[];
}

export interface ExecutorInfo {
  readonly executor_id: ExecutorID;
  readonly data?: Uint8Array;
  readonly resources?: readonly Resource[];
  readonly command?: CommandInfo;
  readonly framework_id?: FrameworkID;
  readonly name?: string;
  readonly source?: string;
  readonly container?: ContainerInfo;
  readonly discovery?: DiscoveryInfo;
  readonly shutdown_grace_period?: DurationInfo;
  readonly labels?: Labels;
  readonly type?: ExecutorInfoType;
}

export type ExecutorInfoType = 'UNKNOWN' | 'DEFAULT' | 'CUSTOM';

export interface CommandInfo {
  readonly uris?: readonly CommandInfoURI[];
  readonly environment?: Environment;
  readonly value?: string;
  readonly user?: string;
  readonly shell?: boolean;
  readonly arguments?: readonly string[];
}

export interface CommandInfoURI {
  readonly value: string;
  readonly executable?: boolean;
  readonly extract?: boolean;
  readonly cache?: boolean;
  readonly output_file?: string;
}

export interface Environment {
  readonly variables?: readonly EnvironmentVariable[];
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly type?: EnvironmentVariableType;
  readonly secret?: Secret;
}

export type EnvironmentVariableType = 'UNKNOWN' | 'VALUE' | 'SECRET';

export interface Secret {
  readonly type?: SecretType;
  readonly reference?: SecretReference;
  readonly value?: SecretValue;
}

export type SecretType = 'UNKNOWN' | 'REFERENCE' | 'VALUE';

export interface SecretReference {
  readonly name: string;
  readonly key?: string;
}

export interface SecretValue {
  readonly data: Uint8Array;
}

export interface ContainerInfo {
  readonly type: ContainerInfoType;
  readonly volumes?: readonly Volume[];
  readonly docker?: ContainerInfoDockerInfo;
  readonly hostname?: string;
  readonly mesos?: ContainerInfoMesosInfo;
  readonly network_infos?: readonly NetworkInfo[];
  readonly linux_info?: LinuxInfo;
}

export type ContainerInfoType = 'DOCKER' | 'MESOS';

export interface ContainerInfoDockerInfo {
  readonly image: string;
  readonly network?: ContainerInfoDockerInfoNetwork;
  readonly port_mappings?: readonly ContainerInfoDockerInfoPortMapping[];
  readonly privileged?: boolean;
  readonly parameters?: readonly Parameter[];
  readonly force_pull_image?: boolean;
  readonly volume_driver?: string;
}

export type ContainerInfoDockerInfoNetwork = 'HOST' | 'BRIDGE' | 'NONE' | 'USER';

export interface ContainerInfoDockerInfoPortMapping {
  readonly host_port: number;
  readonly container_port: number;
  readonly protocol?: string;
}

export interface ContainerInfoMesosInfo {
  readonly image?: Image;
}

export interface Image {
  readonly type: ImageType;
  readonly docker?: ImageDocker;
  readonly cached?: boolean;
}

export type ImageType = 'APPC' | 'DOCKER';

export interface ImageDocker {
  readonly name: string;
  readonly config?: Secret;
}

export interface Volume {
  readonly container_path: string;
  readonly host_path?: string;
  readonly mode: VolumeMode;
  readonly image?: Image;
  readonly source?: VolumeSource;
}

export type VolumeMode = 'RW' | 'RO';

export interface VolumeSource {
  readonly type?: VolumeSourceType;
  readonly docker_volume?: VolumeSourceDockerVolume;
  readonly sandbox_path?: VolumeSourceSandboxPath;
  readonly secret?: Secret;
  readonly host_path?: VolumeSourceHostPath;
}

export type VolumeSourceType =
  | 'UNKNOWN'
  | 'DOCKER_VOLUME'
  | 'SANDBOX_PATH'
  | 'SECRET'
  | 'HOST_PATH'
  | 'CSI_VOLUME';

export interface VolumeSourceDockerVolume {
  readonly driver?: string;
  readonly name: string;
  readonly driver_options?: Parameters;
}

export interface VolumeSourceHostPath {
  readonly path: string;
}

export interface VolumeSourceSandboxPath {
  readonly type?: VolumeSourceSandboxPathType;
  readonly path: string;
}

export type VolumeSourceSandboxPathType = 'UNKNOWN' | 'SELF' | 'PARENT';

export interface NetworkInfo {
  readonly groups?: readonly string[];
  readonly labels?: Labels;
  readonly ip_addresses?: readonly NetworkInfoIPAddress[];
  readonly name?: string;
  readonly port_mappings?: readonly NetworkInfoPortMapping[];
}

export type NetworkInfoProtocol = 'IPv4' | 'IPv6';

export interface NetworkInfoIPAddress {
  readonly protocol?: NetworkInfoProtocol;
  readonly ip_address?: string;
}

export interface NetworkInfoPortMapping {
  readonly host_port: number;
  readonly container_port: number;
  readonly protocol?: string;
}

export interface LinuxInfo {
  readonly share_pid_namespace?: boolean;
  readonly shm_size?: number;
  readonly share_cgroups?: boolean;
}

export interface DiscoveryInfo {
  readonly visibility: DiscoveryInfoVisibility;
  readonly name?: string;
  readonly environment?: string;
  readonly location?: string;
  readonly version?: string;
  readonly ports?: Ports;
  readonly labels?: Labels;
}

export type DiscoveryInfoVisibility = 'FRAMEWORK' | 'CLUSTER' | 'EXTERNAL';

export interface Ports {
  readonly ports?: readonly Port[];
}

export interface Port {
  readonly number: number;
  readonly name?: string;
  readonly protocol?: string;
  readonly visibility?: DiscoveryInfoVisibility;
  readonly labels?: Labels;
}

export type Value = Readonly<Record<string, never>>;

export type ValueType = 'SCALAR' | 'RANGES' | 'SET' | 'TEXT';

export interface ValueScalar {
  readonly value: number;
}

export interface ValueRange {
  readonly begin: bigint;
  readonly end: bigint;
}

export interface ValueRanges {
  readonly range?: readonly ValueRange[];
}

export interface ValueSet {
  readonly item?: readonly string[];
}

export interface ValueText {
  readonly value: string;
}

export interface Resource {
  readonly name: string;
  readonly type: ValueType;
  readonly scalar?: ValueScalar;
  readonly ranges?: ValueRanges;
  readonly set?: ValueSet;
  readonly role?: string;
  readonly disk?: ResourceDiskInfo;
  readonly reservation?: ResourceReservationInfo;
  readonly revocable?: ResourceRevocableInfo;
  readonly shared?: ResourceSharedInfo;
  readonly allocation_info?: ResourceAllocationInfo;
  readonly provider_id?: ResourceProviderID;
  readonly reservations?: readonly ResourceReservationInfo[];
}

export interface ResourceAllocationInfo {
  readonly role?: string;
}

export interface ResourceReservationInfo {
  readonly principal?: string;
  readonly labels?: Labels;
  readonly role?: string;
  readonly type?: ResourceReservationInfoType;
}

export type ResourceReservationInfoType = 'UNKNOWN' | 'STATIC' | 'DYNAMIC';

export interface ResourceDiskInfo {
  readonly persistence?: ResourceDiskInfoPersistence;
  readonly volume?: Volume;
  readonly source?: ResourceDiskInfoSource;
}

export interface ResourceDiskInfoPersistence {
  readonly id: string;
  readonly principal?: string;
}

export interface ResourceDiskInfoSource {
  readonly type: ResourceDiskInfoSourceType;
  readonly path?: ResourceDiskInfoSourcePath;
  readonly mount?: ResourceDiskInfoSourceMount;
  readonly id?: string;
  readonly metadata?: Labels;
  readonly profile?: string;
  readonly vendor?: string;
}

export type ResourceDiskInfoSourceType = 'UNKNOWN' | 'PATH' | 'MOUNT' | 'BLOCK' | 'RAW';

export interface ResourceDiskInfoSourcePath {
  readonly root?: string;
}

export interface ResourceDiskInfoSourceMount {
  readonly root?: string;
}

export type ResourceRevocableInfo = Readonly<Record<string, never>>;

export type ResourceSharedInfo = Readonly<Record<string, never>>;

export interface Attribute {
  readonly name: string;
  readonly type: ValueType;
  readonly scalar?: ValueScalar;
  readonly ranges?: ValueRanges;
  readonly text?: ValueText;
  readonly set?: ValueSet;
}

export interface AgentInfo {
  readonly hostname: string;
  readonly resources?: readonly Resource[];
  readonly attributes?: readonly Attribute[];
  readonly id?: AgentID;
  readonly checkpoint?: boolean;
  readonly port?: number;
  readonly domain?: DomainInfo;
}

export interface AgentInfoCapability {
  readonly type?: AgentInfoCapabilityType;
}

export type AgentInfoCapabilityType =
  | 'UNKNOWN'
  | 'MULTI_ROLE'
  | 'HIERARCHICAL_ROLE'
  | 'RESERVATION_REFINEMENT'
  | 'RESOURCE_PROVIDER'
  | 'RESIZE_VOLUME'
  | 'AGENT_OPERATION_FEEDBACK'
  | 'AGENT_DRAINING'
  | 'TASK_RESOURCE_LIMITS';

export interface MasterInfo {
  readonly id: string;
  readonly ip: number;
  readonly port: number;
  readonly pid?: string;
  readonly hostname?: string;
  readonly version?: string;
  readonly address?: Address;
  readonly domain?: DomainInfo;
  readonly capabilities?: readonly MasterInfoCapability[];
}

export interface MasterInfoCapability {
  readonly type?: MasterInfoCapabilityType;
}

export type MasterInfoCapabilityType = 'UNKNOWN' | 'AGENT_UPDATE' | 'AGENT_DRAINING' | 'QUOTA_V2';

export interface Offer {
  readonly id: OfferID;
  readonly framework_id: FrameworkID;
  readonly agent_id: AgentID;
  readonly hostname: string;
  readonly resources?: readonly Resource[];
  readonly executor_ids?: readonly ExecutorID[];
  readonly attributes?: readonly Attribute[];
  readonly url?: URL;
  readonly unavailability?: Unavailability;
  readonly allocation_info?: ResourceAllocationInfo;
  readonly domain?: DomainInfo;
}

/** What may arrive as OfferOperation: nothing is certain but the types of the members. */
export interface OfferOperationFields {
  readonly type?: OfferOperationType;
  readonly launch?: OfferOperationLaunch;
  readonly reserve?: OfferOperationReserve;
  readonly unreserve?: OfferOperationUnreserve;
  readonly create?: OfferOperationCreate;
  readonly destroy?: OfferOperationDestroy;
  readonly launch_group?: OfferOperationLaunchGroup;
  readonly id?: OperationID;
}

export type OfferOperation =
  | { readonly type: 'LAUNCH'; readonly id?: OperationID; readonly launch: OfferOperationLaunch }
  | { readonly type: 'RESERVE'; readonly id?: OperationID; readonly reserve: OfferOperationReserve }
  | {
      readonly type: 'UNRESERVE';
      readonly id?: OperationID;
      readonly unreserve: OfferOperationUnreserve;
    }
  | { readonly type: 'CREATE'; readonly id?: OperationID; readonly create: OfferOperationCreate }
  | { readonly type: 'DESTROY'; readonly id?: OperationID; readonly destroy: OfferOperationDestroy }
  | {
      readonly type: 'LAUNCH_GROUP';
      readonly id?: OperationID;
      readonly launch_group: OfferOperationLaunchGroup;
    };

export type OfferOperationType =
  | 'UNKNOWN'
  | 'LAUNCH'
  | 'RESERVE'
  | 'UNRESERVE'
  | 'CREATE'
  | 'DESTROY'
  | 'LAUNCH_GROUP';

export interface OfferOperationLaunch {
  readonly task_infos?: readonly TaskInfo[];
}

export interface OfferOperationLaunchGroup {
  readonly executor: ExecutorInfo;
  readonly task_group: TaskGroupInfo;
}

export interface OfferOperationReserve {
  readonly resources?: readonly Resource[];
  readonly source?: readonly Resource[];
}

export interface OfferOperationUnreserve {
  readonly resources?: readonly Resource[];
}

export interface OfferOperationCreate {
  readonly volumes?: readonly Resource[];
}

export interface OfferOperationDestroy {
  readonly volumes?: readonly Resource[];
}

export interface InverseOffer {
  readonly id: OfferID;
  readonly url?: URL;
  readonly framework_id: FrameworkID;
  readonly agent_id?: AgentID;
  readonly unavailability: Unavailability;
  readonly resources?: readonly Resource[];
}

export interface Filters {
  readonly refuse_seconds?: number;
}

export interface Request {
  readonly agent_id?: AgentID;
  readonly resources?: readonly Resource[];
}

export type OperationState =
  | 'OPERATION_UNSUPPORTED'
  | 'OPERATION_PENDING'
  | 'OPERATION_FINISHED'
  | 'OPERATION_FAILED'
  | 'OPERATION_ERROR'
  | 'OPERATION_DROPPED'
  | 'OPERATION_UNREACHABLE'
  | 'OPERATION_GONE_BY_OPERATOR'
  | 'OPERATION_RECOVERING'
  | 'OPERATION_UNKNOWN';

export interface OperationStatus {
  readonly operation_id?: OperationID;
  readonly state: OperationState;
  readonly message?: string;
  readonly converted_resources?: readonly Resource[];
  readonly uuid?: UUID;
  readonly agent_id?: AgentID;
  readonly resource_provider_id?: ResourceProviderID;
}

export interface TaskInfo {
  readonly name: string;
  readonly task_id: TaskID;
  readonly agent_id: AgentID;
  readonly resources?: readonly Resource[];
  readonly executor?: ExecutorInfo;
  readonly data?: Uint8Array;
  readonly command?: CommandInfo;
  readonly health_check?: HealthCheck;
  readonly container?: ContainerInfo;
  readonly labels?: Labels;
  readonly discovery?: DiscoveryInfo;
  readonly kill_policy?: KillPolicy;
  readonly check?: CheckInfo;
  readonly max_completion_time?: DurationInfo;
  readonly limits?: Readonly<Record<string, ValueScalar>>;
}

export interface TaskGroupInfo {
  readonly tasks?: readonly TaskInfo[];
}

export interface KillPolicy {
  readonly grace_period?: DurationInfo;
}

export interface HealthCheck {
  readonly http?: HealthCheckHTTPCheckInfo;
  readonly delay_seconds?: number;
  readonly interval_seconds?: number;
  readonly timeout_seconds?: number;
  readonly consecutive_failures?: number;
  readonly grace_period_seconds?: number;
  readonly command?: CommandInfo;
  readonly type?: HealthCheckType;
  readonly tcp?: HealthCheckTCPCheckInfo;
}

export type HealthCheckType = 'UNKNOWN' | 'COMMAND' | 'HTTP' | 'TCP';

export interface HealthCheckHTTPCheckInfo {
  readonly port: number;
  readonly path?: string;
  readonly scheme?: string;
  readonly statuses?: readonly number[];
  readonly protocol?: NetworkInfoProtocol;
}

export interface HealthCheckTCPCheckInfo {
  readonly port: number;
  readonly protocol?: NetworkInfoProtocol;
}

export interface CheckInfo {
  readonly type?: CheckInfoType;
  readonly command?: CheckInfoCommand;
  readonly http?: CheckInfoHttp;
  readonly delay_seconds?: number;
  readonly interval_seconds?: number;
  readonly timeout_seconds?: number;
  readonly tcp?: CheckInfoTcp;
}

export type CheckInfoType = 'UNKNOWN' | 'COMMAND' | 'HTTP' | 'TCP';

export interface CheckInfoCommand {
  readonly command: CommandInfo;
}

export interface CheckInfoHttp {
  readonly port: number;
  readonly path?: string;
}

export interface CheckInfoTcp {
  readonly port: number;
}

export type TaskState =
  | 'TASK_STARTING'
  | 'TASK_RUNNING'
  | 'TASK_FINISHED'
  | 'TASK_FAILED'
  | 'TASK_KILLED'
  | 'TASK_LOST'
  | 'TASK_STAGING'
  | 'TASK_ERROR'
  | 'TASK_KILLING'
  | 'TASK_DROPPED'
  | 'TASK_UNREACHABLE'
  | 'TASK_GONE'
  | 'TASK_GONE_BY_OPERATOR'
  | 'TASK_UNKNOWN';

export interface TaskStatus {
  readonly task_id: TaskID;
  readonly state: TaskState;
  readonly data?: Uint8Array;
  readonly message?: string;
  readonly agent_id?: AgentID;
  readonly timestamp?: number;
  readonly executor_id?: ExecutorID;
  readonly healthy?: boolean;
  readonly source?: TaskStatusSource;
  readonly reason?: TaskStatusReason;
  readonly uuid?: Uint8Array;
  readonly labels?: Labels;
  readonly container_status?: ContainerStatus;
  readonly unreachable_time?: TimeInfo;
  readonly check_status?: CheckStatusInfo;
  readonly limitation?: TaskResourceLimitation;
}

export type TaskStatusSource = 'SOURCE_MASTER' | 'SOURCE_AGENT' | 'SOURCE_EXECUTOR';

export type TaskStatusReason =
  | 'REASON_COMMAND_EXECUTOR_FAILED'
  | 'REASON_EXECUTOR_TERMINATED'
  | 'REASON_EXECUTOR_UNREGISTERED'
  | 'REASON_FRAMEWORK_REMOVED'
  | 'REASON_GC_ERROR'
  | 'REASON_INVALID_FRAMEWORKID'
  | 'REASON_INVALID_OFFERS'
  | 'REASON_MASTER_DISCONNECTED'
  | 'REASON_CONTAINER_LIMITATION_MEMORY'
  | 'REASON_RECONCILIATION'
  | 'REASON_AGENT_DISCONNECTED'
  | 'REASON_AGENT_REMOVED'
  | 'REASON_AGENT_RESTARTED'
  | 'REASON_AGENT_UNKNOWN'
  | 'REASON_TASK_INVALID'
  | 'REASON_TASK_UNAUTHORIZED'
  | 'REASON_TASK_UNKNOWN'
  | 'REASON_CONTAINER_PREEMPTED'
  | 'REASON_RESOURCES_UNKNOWN'
  | 'REASON_CONTAINER_LIMITATION'
  | 'REASON_CONTAINER_LIMITATION_DISK'
  | 'REASON_CONTAINER_LAUNCH_FAILED'
  | 'REASON_CONTAINER_UPDATE_FAILED'
  | 'REASON_EXECUTOR_REGISTRATION_TIMEOUT'
  | 'REASON_EXECUTOR_REREGISTRATION_TIMEOUT'
  | 'REASON_TASK_GROUP_INVALID'
  | 'REASON_TASK_GROUP_UNAUTHORIZED'
  | 'REASON_IO_SWITCHBOARD_EXITED'
  | 'REASON_TASK_CHECK_STATUS_UPDATED'
  | 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED'
  | 'REASON_TASK_KILLED_DURING_LAUNCH'
  | 'REASON_AGENT_REMOVED_BY_OPERATOR'
  | 'REASON_AGENT_REREGISTERED'
  | 'REASON_MAX_COMPLETION_TIME_REACHED'
  | 'REASON_AGENT_DRAINING';

export interface ContainerStatus {
  readonly network_infos?: readonly NetworkInfo[];
  readonly executor_pid?: number;
  readonly container_id?: ContainerID;
}

export interface TaskResourceLimitation {
  readonly resources?: readonly Resource[];
}

export interface CheckStatusInfo {
  readonly type?: CheckInfoType;
  readonly command?: CheckStatusInfoCommand;
  readonly http?: CheckStatusInfoHttp;
  readonly tcp?: CheckStatusInfoTcp;
}

export interface CheckStatusInfoCommand {
  readonly exit_code?: number;
}

export interface CheckStatusInfoHttp {
  readonly status_code?: number;
}

export interface CheckStatusInfoTcp {
  readonly succeeded?: boolean;
}

export interface Task {
  readonly name: string;
  readonly task_id: TaskID;
  readonly framework_id: FrameworkID;
  readonly executor_id?: ExecutorID;
  readonly agent_id: AgentID;
  readonly state: TaskState;
  readonly resources?: readonly Resource[];
  readonly statuses?: readonly TaskStatus[];
  readonly status_update_state?: TaskState;
  readonly status_update_uuid?: Uint8Array;
  readonly labels?: Labels;
  readonly discovery?: DiscoveryInfo;
  readonly container?: ContainerInfo;
  readonly user?: string;
  readonly health_check?: HealthCheck;
  readonly kill_policy?: KillPolicy;
  readonly limits?: Readonly<Record<string, ValueScalar>>;
}

/** What may arrive as SchedulerEvent: nothing is certain but the types of the members. */
export interface SchedulerEventFields {
  readonly type?: SchedulerEventType;
  readonly subscribed?: SchedulerEventSubscribed;
  readonly offers?: SchedulerEventOffers;
  readonly rescind?: SchedulerEventRescind;
  readonly update?: SchedulerEventUpdate;
  readonly message?: SchedulerEventMessage;
  readonly failure?: SchedulerEventFailure;
  readonly error?: SchedulerEventError;
  readonly inverse_offers?: SchedulerEventInverseOffers;
  readonly rescind_inverse_offer?: SchedulerEventRescindInverseOffer;
  readonly update_operation_status?: SchedulerEventUpdateOperationStatus;
}

export type SchedulerEvent =
  | { readonly type: 'SUBSCRIBED'; readonly subscribed: SchedulerEventSubscribed }
  | { readonly type: 'OFFERS'; readonly offers: SchedulerEventOffers }
  | { readonly type: 'RESCIND'; readonly rescind: SchedulerEventRescind }
  | { readonly type: 'UPDATE'; readonly update: SchedulerEventUpdate }
  | { readonly type: 'MESSAGE'; readonly message: SchedulerEventMessage }
  | { readonly type: 'FAILURE'; readonly failure: SchedulerEventFailure }
  | { readonly type: 'ERROR'; readonly error: SchedulerEventError }
  | { readonly type: 'HEARTBEAT' }
  | { readonly type: 'INVERSE_OFFERS'; readonly inverse_offers: SchedulerEventInverseOffers }
  | {
      readonly type: 'RESCIND_INVERSE_OFFER';
      readonly rescind_inverse_offer: SchedulerEventRescindInverseOffer;
    }
  | {
      readonly type: 'UPDATE_OPERATION_STATUS';
      readonly update_operation_status: SchedulerEventUpdateOperationStatus;
    };

export type SchedulerEventType =
  | 'UNKNOWN'
  | 'SUBSCRIBED'
  | 'OFFERS'
  | 'RESCIND'
  | 'UPDATE'
  | 'MESSAGE'
  | 'FAILURE'
  | 'ERROR'
  | 'HEARTBEAT'
  | 'INVERSE_OFFERS'
  | 'RESCIND_INVERSE_OFFER'
  | 'UPDATE_OPERATION_STATUS';

export interface SchedulerEventSubscribed {
  readonly framework_id: FrameworkID;
  readonly heartbeat_interval_seconds?: number;
  readonly master_info?: MasterInfo;
}

export interface SchedulerEventOffers {
  readonly offers?: readonly Offer[];
}

export interface SchedulerEventInverseOffers {
  readonly inverse_offers?: readonly InverseOffer[];
}

export interface SchedulerEventRescind {
  readonly offer_id: OfferID;
}

export interface SchedulerEventRescindInverseOffer {
  readonly inverse_offer_id: OfferID;
}

export interface SchedulerEventUpdate {
  readonly status: TaskStatus;
}

export interface SchedulerEventUpdateOperationStatus {
  readonly status: OperationStatus;
}

export interface SchedulerEventMessage {
  readonly agent_id: AgentID;
  readonly executor_id: ExecutorID;
  readonly data: Uint8Array;
}

export interface SchedulerEventFailure {
  readonly agent_id?: AgentID;
  readonly executor_id?: ExecutorID;
  readonly status?: number;
}

export interface SchedulerEventError {
  readonly message: string;
}

/** What may arrive as SchedulerCall: nothing is certain but the types of the members. */
export interface SchedulerCallFields {
  readonly framework_id?: FrameworkID;
  readonly type?: SchedulerCallType;
  readonly subscribe?: SchedulerCallSubscribe;
  readonly accept?: SchedulerCallAccept;
  readonly decline?: SchedulerCallDecline;
  readonly kill?: SchedulerCallKill;
  readonly shutdown?: SchedulerCallShutdown;
  readonly acknowledge?: SchedulerCallAcknowledge;
  readonly reconcile?: SchedulerCallReconcile;
  readonly message?: SchedulerCallMessage;
  readonly request?: SchedulerCallRequest;
  readonly accept_inverse_offers?: SchedulerCallAcceptInverseOffers;
  readonly decline_inverse_offers?: SchedulerCallDeclineInverseOffers;
  readonly revive?: SchedulerCallRevive;
  readonly suppress?: SchedulerCallSuppress;
  readonly acknowledge_operation_status?: SchedulerCallAcknowledgeOperationStatus;
  readonly reconcile_operations?: SchedulerCallReconcileOperations;
  readonly update_framework?: SchedulerCallUpdateFramework;
}

export type SchedulerCall =
  | {
      readonly type: 'SUBSCRIBE';
      readonly framework_id?: FrameworkID;
      readonly subscribe: SchedulerCallSubscribe;
    }
  | { readonly type: 'TEARDOWN'; readonly framework_id?: FrameworkID }
  | {
      readonly type: 'ACCEPT';
      readonly framework_id?: FrameworkID;
      readonly accept: SchedulerCallAccept;
    }
  | {
      readonly type: 'DECLINE';
      readonly framework_id?: FrameworkID;
      readonly decline: SchedulerCallDecline;
    }
  | {
      readonly type: 'REVIVE';
      readonly framework_id?: FrameworkID;
      readonly revive?: SchedulerCallRevive;
    }
  | { readonly type: 'KILL'; readonly framework_id?: FrameworkID; readonly kill: SchedulerCallKill }
  | {
      readonly type: 'SHUTDOWN';
      readonly framework_id?: FrameworkID;
      readonly shutdown: SchedulerCallShutdown;
    }
  | {
      readonly type: 'ACKNOWLEDGE';
      readonly framework_id?: FrameworkID;
      readonly acknowledge: SchedulerCallAcknowledge;
    }
  | {
      readonly type: 'RECONCILE';
      readonly framework_id?: FrameworkID;
      readonly reconcile: SchedulerCallReconcile;
    }
  | {
      readonly type: 'MESSAGE';
      readonly framework_id?: FrameworkID;
      readonly message: SchedulerCallMessage;
    }
  | {
      readonly type: 'REQUEST';
      readonly framework_id?: FrameworkID;
      readonly request: SchedulerCallRequest;
    }
  | {
      readonly type: 'SUPPRESS';
      readonly framework_id?: FrameworkID;
      readonly suppress?: SchedulerCallSuppress;
    }
  | {
      readonly type: 'ACCEPT_INVERSE_OFFERS';
      readonly framework_id?: FrameworkID;
      readonly accept_inverse_offers: SchedulerCallAcceptInverseOffers;
    }
  | {
      readonly type: 'DECLINE_INVERSE_OFFERS';
      readonly framework_id?: FrameworkID;
      readonly decline_inverse_offers: SchedulerCallDeclineInverseOffers;
    }
  | {
      readonly type: 'ACKNOWLEDGE_OPERATION_STATUS';
      readonly framework_id?: FrameworkID;
      readonly acknowledge_operation_status: SchedulerCallAcknowledgeOperationStatus;
    }
  | {
      readonly type: 'RECONCILE_OPERATIONS';
      readonly framework_id?: FrameworkID;
      readonly reconcile_operations: SchedulerCallReconcileOperations;
    }
  | {
      readonly type: 'UPDATE_FRAMEWORK';
      readonly framework_id?: FrameworkID;
      readonly update_framework: SchedulerCallUpdateFramework;
    };

export type SchedulerCallType =
  | 'UNKNOWN'
  | 'SUBSCRIBE'
  | 'TEARDOWN'
  | 'ACCEPT'
  | 'DECLINE'
  | 'REVIVE'
  | 'KILL'
  | 'SHUTDOWN'
  | 'ACKNOWLEDGE'
  | 'RECONCILE'
  | 'MESSAGE'
  | 'REQUEST'
  | 'SUPPRESS'
  | 'ACCEPT_INVERSE_OFFERS'
  | 'DECLINE_INVERSE_OFFERS'
  | 'ACKNOWLEDGE_OPERATION_STATUS'
  | 'RECONCILE_OPERATIONS'
  | 'UPDATE_FRAMEWORK';

export interface SchedulerCallSubscribe {
  readonly framework_info: FrameworkInfo;
  readonly suppressed_roles?: readonly string[];
  readonly offer_constraints?: SchedulerOfferConstraints;
}

export interface SchedulerCallAccept {
  readonly offer_ids?: readonly OfferID[];
  readonly operations?: readonly OfferOperationFields[];
  readonly filters?: Filters;
}

export interface SchedulerCallDecline {
  readonly offer_ids?: readonly OfferID[];
  readonly filters?: Filters;
}

export interface SchedulerCallAcceptInverseOffers {
  readonly inverse_offer_ids?: readonly OfferID[];
  readonly filters?: Filters;
}

export interface SchedulerCallDeclineInverseOffers {
  readonly inverse_offer_ids?: readonly OfferID[];
  readonly filters?: Filters;
}

export interface SchedulerCallRevive {
  readonly roles?: readonly string[];
}

export interface SchedulerCallSuppress {
  readonly roles?: readonly string[];
}

export interface SchedulerCallKill {
  readonly task_id: TaskID;
  readonly agent_id?: AgentID;
  readonly kill_policy?: KillPolicy;
}

export interface SchedulerCallShutdown {
  readonly executor_id: ExecutorID;
  readonly agent_id: AgentID;
}

export interface SchedulerCallAcknowledge {
  readonly agent_id: AgentID;
  readonly task_id: TaskID;
  readonly uuid: Uint8Array;
}

export interface SchedulerCallAcknowledgeOperationStatus {
  readonly agent_id?: AgentID;
  readonly resource_provider_id?: ResourceProviderID;
  readonly uuid: Uint8Array;
  readonly operation_id: OperationID;
}

export interface SchedulerCallReconcile {
  readonly tasks?: readonly SchedulerCallReconcileTask[];
}

export interface SchedulerCallReconcileTask {
  readonly task_id: TaskID;
  readonly agent_id?: AgentID;
}

export interface SchedulerCallReconcileOperations {
  readonly operations?: readonly SchedulerCallReconcileOperationsOperation[];
}

export interface SchedulerCallReconcileOperationsOperation {
  readonly operation_id: OperationID;
  readonly agent_id?: AgentID;
  readonly resource_provider_id?: ResourceProviderID;
}

export interface SchedulerCallMessage {
  readonly agent_id: AgentID;
  readonly executor_id: ExecutorID;
  readonly data: Uint8Array;
}

export interface SchedulerCallRequest {
  readonly requests?: readonly Request[];
}

export interface SchedulerCallUpdateFramework {
  readonly framework_info: FrameworkInfo;
  readonly suppressed_roles?: readonly string[];
  readonly offer_constraints?: SchedulerOfferConstraints;
}

export interface SchedulerOfferConstraints {
  readonly role_constraints?: Readonly<Record<string, SchedulerOfferConstraintsRoleConstraints>>;
}

export interface SchedulerOfferConstraintsRoleConstraints {
  readonly groups?: readonly SchedulerOfferConstraintsRoleConstraintsGroup[];
}

export interface SchedulerOfferConstraintsRoleConstraintsGroup {
  readonly attribute_constraints?: readonly SchedulerAttributeConstraint[];
}

export interface SchedulerAttributeConstraint {
  readonly selector: SchedulerAttributeConstraintSelector;
  readonly predicate: SchedulerAttributeConstraintPredicate;
}

export interface SchedulerAttributeConstraintSelector {
  readonly pseudoattribute_type?: SchedulerAttributeConstraintSelectorPseudoattributeType;
  readonly attribute_name?: string;
}

export type SchedulerAttributeConstraintSelectorPseudoattributeType =
  | 'UNKNOWN'
  | 'HOSTNAME'
  | 'REGION'
  | 'ZONE';

export interface SchedulerAttributeConstraintPredicate {
  readonly exists?: SchedulerAttributeConstraintPredicateExists;
  readonly not_exists?: SchedulerAttributeConstraintPredicateNotExists;
  readonly text_equals?: SchedulerAttributeConstraintPredicateTextEquals;
  readonly text_not_equals?: SchedulerAttributeConstraintPredicateTextNotEquals;
  readonly text_matches?: SchedulerAttributeConstraintPredicateTextMatches;
  readonly text_not_matches?: SchedulerAttributeConstraintPredicateTextNotMatches;
}

export type SchedulerAttributeConstraintPredicateExists = Readonly<Record<string, never>>;

export type SchedulerAttributeConstraintPredicateNotExists = Readonly<Record<string, never>>;

export interface SchedulerAttributeConstraintPredicateTextEquals {
  readonly value: string;
}

export interface SchedulerAttributeConstraintPredicateTextNotEquals {
  readonly value: string;
}

export interface SchedulerAttributeConstraintPredicateTextMatches {
  readonly regex: string;
}

export interface SchedulerAttributeConstraintPredicateTextNotMatches {
  readonly regex: string;
}

/** What may arrive as ExecutorEvent: nothing is certain but the types of the members. */
export interface ExecutorEventFields {
  readonly type?: ExecutorEventType;
  readonly subscribed?: ExecutorEventSubscribed;
  readonly acknowledged?: ExecutorEventAcknowledged;
  readonly launch?: ExecutorEventLaunch;
  readonly kill?: ExecutorEventKill;
  readonly message?: ExecutorEventMessage;
  readonly error?: ExecutorEventError;
  readonly launch_group?: ExecutorEventLaunchGroup;
}

export type ExecutorEvent =
  | { readonly type: 'SUBSCRIBED'; readonly subscribed: ExecutorEventSubscribed }
  | { readonly type: 'LAUNCH'; readonly launch: ExecutorEventLaunch }
  | { readonly type: 'KILL'; readonly kill: ExecutorEventKill }
  | { readonly type: 'ACKNOWLEDGED'; readonly acknowledged: ExecutorEventAcknowledged }
  | { readonly type: 'MESSAGE'; readonly message: ExecutorEventMessage }
  | { readonly type: 'ERROR'; readonly error: ExecutorEventError }
  | { readonly type: 'SHUTDOWN' }
  | { readonly type: 'LAUNCH_GROUP'; readonly launch_group: ExecutorEventLaunchGroup }
  | { readonly type: 'HEARTBEAT' };

export type ExecutorEventType =
  | 'UNKNOWN'
  | 'SUBSCRIBED'
  | 'LAUNCH'
  | 'KILL'
  | 'ACKNOWLEDGED'
  | 'MESSAGE'
  | 'ERROR'
  | 'SHUTDOWN'
  | 'LAUNCH_GROUP'
  | 'HEARTBEAT';

export interface ExecutorEventSubscribed {
  readonly executor_info: ExecutorInfo;
  readonly framework_info: FrameworkInfo;
  readonly agent_info: AgentInfo;
  readonly container_id?: ContainerID;
}

export interface ExecutorEventLaunch {
  readonly task: TaskInfo;
}

export interface ExecutorEventLaunchGroup {
  readonly task_group: TaskGroupInfo;
}

export interface ExecutorEventKill {
  readonly task_id: TaskID;
  readonly kill_policy?: KillPolicy;
}

export interface ExecutorEventAcknowledged {
  readonly task_id: TaskID;
  readonly uuid: Uint8Array;
}

export interface ExecutorEventMessage {
  readonly data: Uint8Array;
}

export interface ExecutorEventError {
  readonly message: string;
}

/** What may arrive as ExecutorCall: nothing is certain but the types of the members. */
export interface ExecutorCallFields {
  readonly executor_id: ExecutorID;
  readonly framework_id: FrameworkID;
  readonly type?: ExecutorCallType;
  readonly subscribe?: ExecutorCallSubscribe;
  readonly update?: ExecutorCallUpdate;
  readonly message?: ExecutorCallMessage;
}

export type ExecutorCall =
  | {
      readonly type: 'SUBSCRIBE';
      readonly executor_id: ExecutorID;
      readonly framework_id: FrameworkID;
      readonly subscribe: ExecutorCallSubscribe;
    }
  | {
      readonly type: 'UPDATE';
      readonly executor_id: ExecutorID;
      readonly framework_id: FrameworkID;
      readonly update: ExecutorCallUpdate;
    }
  | {
      readonly type: 'MESSAGE';
      readonly executor_id: ExecutorID;
      readonly framework_id: FrameworkID;
      readonly message: ExecutorCallMessage;
    }
  | {
      readonly type: 'HEARTBEAT';
      readonly executor_id: ExecutorID;
      readonly framework_id: FrameworkID;
    };

export type ExecutorCallType = 'UNKNOWN' | 'SUBSCRIBE' | 'UPDATE' | 'MESSAGE' | 'HEARTBEAT';

export interface ExecutorCallSubscribe {
  readonly unacknowledged_tasks?: readonly TaskInfo[];
  readonly unacknowledged_updates?: readonly ExecutorCallUpdate[];
}

export interface ExecutorCallUpdate {
  readonly status: TaskStatus;
}

export interface ExecutorCallMessage {
  readonly data: Uint8Array;
}

/** What may arrive as MasterCall: nothing is certain but the types of the members. */
export interface MasterCallFields {
  readonly type?: MasterCallType;
  readonly get_metrics?: MasterCallGetMetrics;
  readonly update_weights?: MasterCallUpdateWeights;
  readonly reserve_resources?: MasterCallReserveResources;
  readonly unreserve_resources?: MasterCallUnreserveResources;
  readonly update_maintenance_schedule?: MasterCallUpdateMaintenanceSchedule;
  readonly start_maintenance?: MasterCallStartMaintenance;
  readonly stop_maintenance?: MasterCallStopMaintenance;
  readonly teardown?: MasterCallTeardown;
  readonly mark_agent_gone?: MasterCallMarkAgentGone;
  readonly update_quota?: MasterCallUpdateQuota;
}

export type MasterCall =
  | { readonly type: 'GET_HEALTH' }
  | { readonly type: 'GET_FLAGS' }
  | { readonly type: 'GET_VERSION' }
  | { readonly type: 'GET_METRICS'; readonly get_metrics?: MasterCallGetMetrics }
  | { readonly type: 'GET_STATE' }
  | { readonly type: 'GET_AGENTS' }
  | { readonly type: 'GET_FRAMEWORKS' }
  | { readonly type: 'GET_EXECUTORS' }
  | { readonly type: 'GET_TASKS' }
  | { readonly type: 'GET_ROLES' }
  | { readonly type: 'GET_WEIGHTS' }
  | { readonly type: 'UPDATE_WEIGHTS'; readonly update_weights: MasterCallUpdateWeights }
  | { readonly type: 'GET_MASTER' }
  | { readonly type: 'SUBSCRIBE' }
  | { readonly type: 'RESERVE_RESOURCES'; readonly reserve_resources: MasterCallReserveResources }
  | {
      readonly type: 'UNRESERVE_RESOURCES';
      readonly unreserve_resources: MasterCallUnreserveResources;
    }
  | { readonly type: 'GET_MAINTENANCE_STATUS' }
  | { readonly type: 'GET_MAINTENANCE_SCHEDULE' }
  | {
      readonly type: 'UPDATE_MAINTENANCE_SCHEDULE';
      readonly update_maintenance_schedule: MasterCallUpdateMaintenanceSchedule;
    }
  | { readonly type: 'START_MAINTENANCE'; readonly start_maintenance: MasterCallStartMaintenance }
  | { readonly type: 'STOP_MAINTENANCE'; readonly stop_maintenance: MasterCallStopMaintenance }
  | { readonly type: 'GET_QUOTA' }
  | { readonly type: 'TEARDOWN'; readonly teardown: MasterCallTeardown }
  | { readonly type: 'MARK_AGENT_GONE'; readonly mark_agent_gone: MasterCallMarkAgentGone }
  | { readonly type: 'UPDATE_QUOTA'; readonly update_quota: MasterCallUpdateQuota };

export type MasterCallType =
  | 'UNKNOWN'
  | 'GET_HEALTH'
  | 'GET_FLAGS'
  | 'GET_VERSION'
  | 'GET_METRICS'
  | 'GET_STATE'
  | 'GET_AGENTS'
  | 'GET_FRAMEWORKS'
  | 'GET_EXECUTORS'
  | 'GET_TASKS'
  | 'GET_ROLES'
  | 'GET_WEIGHTS'
  | 'UPDATE_WEIGHTS'
  | 'GET_MASTER'
  | 'SUBSCRIBE'
  | 'RESERVE_RESOURCES'
  | 'UNRESERVE_RESOURCES'
  | 'GET_MAINTENANCE_STATUS'
  | 'GET_MAINTENANCE_SCHEDULE'
  | 'UPDATE_MAINTENANCE_SCHEDULE'
  | 'START_MAINTENANCE'
  | 'STOP_MAINTENANCE'
  | 'GET_QUOTA'
  | 'TEARDOWN'
  | 'MARK_AGENT_GONE'
  | 'UPDATE_QUOTA';

export interface MasterCallGetMetrics {
  readonly timeout?: DurationInfo;
}

export interface MasterCallUpdateWeights {
  readonly weight_infos?: readonly WeightInfo[];
}

export interface MasterCallReserveResources {
  readonly agent_id: AgentID;
  readonly resources?: readonly Resource[];
  readonly source?: readonly Resource[];
}

export interface MasterCallUnreserveResources {
  readonly agent_id: AgentID;
  readonly resources?: readonly Resource[];
}

export interface MasterCallUpdateMaintenanceSchedule {
  readonly schedule: MasterMaintenanceSchedule;
}

export interface MasterCallStartMaintenance {
  readonly machines?: readonly MachineID[];
}

export interface MasterCallStopMaintenance {
  readonly machines?: readonly MachineID[];
}

export interface MasterCallTeardown {
  readonly framework_id: FrameworkID;
}

export interface MasterCallMarkAgentGone {
  readonly agent_id: AgentID;
}

export interface MasterCallUpdateQuota {
  readonly force?: boolean;
  readonly quota_configs?: readonly MasterQuotaConfig[];
}

export interface MasterQuotaConfig {
  readonly role: string;
  readonly guarantees?: Readonly<Record<string, ValueScalar>>;
  readonly limits?: Readonly<Record<string, ValueScalar>>;
}

export interface MasterMaintenanceWindow {
  readonly machine_ids?: readonly MachineID[];
  readonly unavailability: Unavailability;
}

export interface MasterMaintenanceSchedule {
  readonly windows?: readonly MasterMaintenanceWindow[];
}

export interface MasterInverseOfferStatus {
  readonly status: MasterInverseOfferStatusStatus;
  readonly framework_id: FrameworkID;
  readonly timestamp: TimeInfo;
}

export type MasterInverseOfferStatusStatus = 'UNKNOWN' | 'ACCEPT' | 'DECLINE';

export interface MasterMaintenanceClusterStatus {
  readonly draining_machines?: readonly MasterMaintenanceClusterStatusDrainingMachine[];
  readonly down_machines?: readonly MachineID[];
}

export interface MasterMaintenanceClusterStatusDrainingMachine {
  readonly id: MachineID;
  readonly statuses?: readonly MasterInverseOfferStatus[];
}

export interface MasterQuotaStatus {
  readonly configs?: readonly MasterQuotaConfig[];
}

/** What may arrive as MasterResponse: nothing is certain but the types of the members. */
export interface MasterResponseFields {
  readonly type?: MasterResponseType;
  readonly get_health?: MasterResponseGetHealth;
  readonly get_flags?: MasterResponseGetFlags;
  readonly get_version?: MasterResponseGetVersion;
  readonly get_metrics?: MasterResponseGetMetrics;
  readonly get_state?: MasterResponseGetState;
  readonly get_agents?: MasterResponseGetAgents;
  readonly get_frameworks?: MasterResponseGetFrameworks;
  readonly get_executors?: MasterResponseGetExecutors;
  readonly get_tasks?: MasterResponseGetTasks;
  readonly get_roles?: MasterResponseGetRoles;
  readonly get_weights?: MasterResponseGetWeights;
  readonly get_master?: MasterResponseGetMaster;
  readonly get_maintenance_status?: MasterResponseGetMaintenanceStatus;
  readonly get_maintenance_schedule?: MasterResponseGetMaintenanceSchedule;
  readonly get_quota?: MasterResponseGetQuota;
}

export type MasterResponse =
  | { readonly type: 'GET_HEALTH'; readonly get_health: MasterResponseGetHealth }
  | { readonly type: 'GET_FLAGS'; readonly get_flags: MasterResponseGetFlags }
  | { readonly type: 'GET_VERSION'; readonly get_version: MasterResponseGetVersion }
  | { readonly type: 'GET_METRICS'; readonly get_metrics?: MasterResponseGetMetrics }
  | { readonly type: 'GET_STATE'; readonly get_state: MasterResponseGetState }
  | { readonly type: 'GET_AGENTS'; readonly get_agents: MasterResponseGetAgents }
  | { readonly type: 'GET_FRAMEWORKS'; readonly get_frameworks: MasterResponseGetFrameworks }
  | { readonly type: 'GET_EXECUTORS'; readonly get_executors: MasterResponseGetExecutors }
  | { readonly type: 'GET_TASKS'; readonly get_tasks: MasterResponseGetTasks }
  | { readonly type: 'GET_ROLES'; readonly get_roles: MasterResponseGetRoles }
  | { readonly type: 'GET_WEIGHTS'; readonly get_weights: MasterResponseGetWeights }
  | { readonly type: 'GET_MASTER'; readonly get_master: MasterResponseGetMaster }
  | {
      readonly type: 'GET_MAINTENANCE_STATUS';
      readonly get_maintenance_status: MasterResponseGetMaintenanceStatus;
    }
  | {
      readonly type: 'GET_MAINTENANCE_SCHEDULE';
      readonly get_maintenance_schedule: MasterResponseGetMaintenanceSchedule;
    }
  | { readonly type: 'GET_QUOTA'; readonly get_quota: MasterResponseGetQuota };

export type MasterResponseType =
  | 'UNKNOWN'
  | 'GET_HEALTH'
  | 'GET_FLAGS'
  | 'GET_VERSION'
  | 'GET_METRICS'
  | 'GET_STATE'
  | 'GET_AGENTS'
  | 'GET_FRAMEWORKS'
  | 'GET_EXECUTORS'
  | 'GET_TASKS'
  | 'GET_ROLES'
  | 'GET_WEIGHTS'
  | 'GET_MASTER'
  | 'GET_MAINTENANCE_STATUS'
  | 'GET_MAINTENANCE_SCHEDULE'
  | 'GET_QUOTA';

export interface MasterResponseGetHealth {
  readonly healthy: boolean;
}

export interface MasterResponseGetFlags {
  readonly flags?: readonly Flag[];
}

export interface MasterResponseGetVersion {
  readonly version_info: VersionInfo;
}

export interface MasterResponseGetMetrics {
  readonly metrics?: readonly Metric[];
}

export interface MasterResponseGetState {
  readonly get_tasks?: MasterResponseGetTasks;
  readonly get_executors?: MasterResponseGetExecutors;
  readonly get_frameworks?: MasterResponseGetFrameworks;
  readonly get_agents?: MasterResponseGetAgents;
}

export interface MasterResponseGetAgents {
  readonly agents?: readonly MasterResponseGetAgentsAgent[];
  readonly recovered_agents?: readonly AgentInfo[];
}

export interface MasterResponseGetAgentsAgent {
  readonly agent_info: AgentInfo;
  readonly active: boolean;
  readonly version: string;
  readonly pid?: string;
  readonly registered_time?: TimeInfo;
  readonly reregistered_time?: TimeInfo;
  readonly total_resources?: readonly Resource[];
  readonly allocated_resources?: readonly Resource[];
  readonly offered_resources?: readonly Resource[];
  readonly capabilities?: readonly AgentInfoCapability[];
  readonly deactivated?: boolean;
}

export interface MasterResponseGetFrameworks {
  readonly frameworks?: readonly MasterResponseGetFrameworksFramework[];
  readonly completed_frameworks?: readonly MasterResponseGetFrameworksFramework[];
}

export interface MasterResponseGetFrameworksFramework {
  readonly framework_info: FrameworkInfo;
  readonly active: boolean;
  readonly connected: boolean;
  readonly registered_time?: TimeInfo;
  readonly reregistered_time?: TimeInfo;
  readonly unregistered_time?: TimeInfo;
  readonly offers?: readonly Offer[];
  readonly inverse_offers?: readonly InverseOffer[];
  readonly allocated_resources?: readonly Resource[];
  readonly offered_resources?: readonly Resource[];
  readonly recovered: boolean;
  readonly offer_constraints?: SchedulerOfferConstraints;
}

export interface MasterResponseGetExecutors {
  readonly executors?: readonly MasterResponseGetExecutorsExecutor[];
}

export interface MasterResponseGetExecutorsExecutor {
  readonly executor_info: ExecutorInfo;
  readonly agent_id: AgentID;
}

export interface MasterResponseGetTasks {
  readonly tasks?: readonly Task[];
  readonly completed_tasks?: readonly Task[];
  readonly unreachable_tasks?: readonly Task[];
}

export interface MasterResponseGetRoles {
  readonly roles?: readonly Role[];
}

export interface MasterResponseGetWeights {
  readonly weight_infos?: readonly WeightInfo[];
}

export interface MasterResponseGetMaster {
  readonly master_info?: MasterInfo;
  readonly start_time?: number;
  readonly elected_time?: number;
}

export interface MasterResponseGetMaintenanceStatus {
  readonly status: MasterMaintenanceClusterStatus;
}

export interface MasterResponseGetMaintenanceSchedule {
  readonly schedule: MasterMaintenanceSchedule;
}

export interface MasterResponseGetQuota {
  readonly status: MasterQuotaStatus;
}

/** What may arrive as MasterEvent: nothing is certain but the types of the members. */
export interface MasterEventFields {
  readonly type?: MasterEventType;
  readonly subscribed?: MasterEventSubscribed;
  readonly task_added?: MasterEventTaskAdded;
  readonly task_updated?: MasterEventTaskUpdated;
  readonly agent_added?: MasterEventAgentAdded;
  readonly agent_removed?: MasterEventAgentRemoved;
  readonly framework_added?: MasterEventFrameworkAdded;
  readonly framework_updated?: MasterEventFrameworkUpdated;
  readonly framework_removed?: MasterEventFrameworkRemoved;
}

export type MasterEvent =
  | { readonly type: 'SUBSCRIBED'; readonly subscribed: MasterEventSubscribed }
  | { readonly type: 'TASK_ADDED'; readonly task_added: MasterEventTaskAdded }
  | { readonly type: 'TASK_UPDATED'; readonly task_updated: MasterEventTaskUpdated }
  | { readonly type: 'AGENT_ADDED'; readonly agent_added: MasterEventAgentAdded }
  | { readonly type: 'AGENT_REMOVED'; readonly agent_removed: MasterEventAgentRemoved }
  | { readonly type: 'FRAMEWORK_ADDED'; readonly framework_added: MasterEventFrameworkAdded }
  | { readonly type: 'FRAMEWORK_UPDATED'; readonly framework_updated: MasterEventFrameworkUpdated }
  | { readonly type: 'FRAMEWORK_REMOVED'; readonly framework_removed: MasterEventFrameworkRemoved }
  | { readonly type: 'HEARTBEAT' };

export type MasterEventType =
  | 'UNKNOWN'
  | 'SUBSCRIBED'
  | 'TASK_ADDED'
  | 'TASK_UPDATED'
  | 'AGENT_ADDED'
  | 'AGENT_REMOVED'
  | 'FRAMEWORK_ADDED'
  | 'FRAMEWORK_UPDATED'
  | 'FRAMEWORK_REMOVED'
  | 'HEARTBEAT';

export interface MasterEventSubscribed {
  readonly get_state?: MasterResponseGetState;
  readonly heartbeat_interval_seconds?: number;
}

export interface MasterEventTaskAdded {
  readonly task: Task;
}

export interface MasterEventTaskUpdated {
  readonly framework_id: FrameworkID;
  readonly status: TaskStatus;
  readonly state: TaskState;
}

export interface MasterEventAgentAdded {
  readonly agent: MasterResponseGetAgentsAgent;
}

export interface MasterEventAgentRemoved {
  readonly agent_id: AgentID;
}

export interface MasterEventFrameworkAdded {
  readonly framework: MasterResponseGetFrameworksFramework;
}

export interface MasterEventFrameworkUpdated {
  readonly framework: MasterResponseGetFrameworksFramework;
}

export interface MasterEventFrameworkRemoved {
  readonly framework_info: FrameworkInfo;
}

/** What may arrive as AgentCall: nothing is certain but the types of the members. */
export interface AgentCallFields {
  readonly type?: AgentCallType;
}

export type AgentCall =
  | { readonly type: 'GET_HEALTH' }
  | { readonly type: 'GET_STATE' }
  | { readonly type: 'GET_CONTAINERS' }
  | { readonly type: 'GET_FRAMEWORKS' }
  | { readonly type: 'GET_EXECUTORS' }
  | { readonly type: 'GET_TASKS' }
  | { readonly type: 'GET_AGENT' };

export type AgentCallType =
  | 'UNKNOWN'
  | 'GET_HEALTH'
  | 'GET_STATE'
  | 'GET_CONTAINERS'
  | 'GET_FRAMEWORKS'
  | 'GET_EXECUTORS'
  | 'GET_TASKS'
  | 'GET_AGENT';

/** What may arrive as AgentResponse: nothing is certain but the types of the members. */
export interface AgentResponseFields {
  readonly type?: AgentResponseType;
  readonly get_health?: AgentResponseGetHealth;
  readonly get_state?: AgentResponseGetState;
  readonly get_containers?: AgentResponseGetContainers;
  readonly get_frameworks?: AgentResponseGetFrameworks;
  readonly get_executors?: AgentResponseGetExecutors;
  readonly get_tasks?: AgentResponseGetTasks;
  readonly get_agent?: AgentResponseGetAgent;
}

export type AgentResponse =
  | { readonly type: 'GET_HEALTH'; readonly get_health: AgentResponseGetHealth }
  | { readonly type: 'GET_STATE'; readonly get_state: AgentResponseGetState }
  | { readonly type: 'GET_CONTAINERS'; readonly get_containers: AgentResponseGetContainers }
  | { readonly type: 'GET_FRAMEWORKS'; readonly get_frameworks: AgentResponseGetFrameworks }
  | { readonly type: 'GET_EXECUTORS'; readonly get_executors: AgentResponseGetExecutors }
  | { readonly type: 'GET_TASKS'; readonly get_tasks: AgentResponseGetTasks }
  | { readonly type: 'GET_AGENT'; readonly get_agent: AgentResponseGetAgent };

export type AgentResponseType =
  | 'UNKNOWN'
  | 'GET_HEALTH'
  | 'GET_STATE'
  | 'GET_CONTAINERS'
  | 'GET_FRAMEWORKS'
  | 'GET_EXECUTORS'
  | 'GET_TASKS'
  | 'GET_AGENT';

export interface AgentResponseGetHealth {
  readonly healthy: boolean;
}

export interface AgentResponseGetState {
  readonly get_tasks?: AgentResponseGetTasks;
  readonly get_executors?: AgentResponseGetExecutors;
  readonly get_frameworks?: AgentResponseGetFrameworks;
}

export interface AgentResponseGetContainers {
  readonly containers?: readonly AgentResponseGetContainersContainer[];
}

export interface AgentResponseGetContainersContainer {
  readonly framework_id: FrameworkID;
  readonly executor_id: ExecutorID;
  readonly executor_name: string;
  readonly container_id: ContainerID;
  readonly container_status?: ContainerStatus;
}

export interface AgentResponseGetFrameworks {
  readonly frameworks?: readonly AgentResponseGetFrameworksFramework[];
  readonly completed_frameworks?: readonly AgentResponseGetFrameworksFramework[];
}

export interface AgentResponseGetFrameworksFramework {
  readonly framework_info: FrameworkInfo;
}

export interface AgentResponseGetExecutors {
  readonly executors?: readonly AgentResponseGetExecutorsExecutor[];
  readonly completed_executors?: readonly AgentResponseGetExecutorsExecutor[];
}

export interface AgentResponseGetExecutorsExecutor {
  readonly executor_info: ExecutorInfo;
}

export interface AgentResponseGetTasks {
  readonly pending_tasks?: readonly Task[];
  readonly queued_tasks?: readonly Task[];
  readonly launched_tasks?: readonly Task[];
  readonly terminated_tasks?: readonly Task[];
  readonly completed_tasks?: readonly Task[];
}

export interface AgentResponseGetAgent {
  readonly agent_info?: AgentInfo;
}

/** The wire form of each message, by its name below the package `mesos.v1`. */
export interface MessageTypes {
  readonly FrameworkID: FrameworkID;
  readonly OfferID: OfferID;
  readonly AgentID: AgentID;
  readonly TaskID: TaskID;
  readonly ExecutorID: ExecutorID;
  readonly OperationID: OperationID;
  readonly ResourceProviderID: ResourceProviderID;
  readonly ContainerID: ContainerID;
  readonly UUID: UUID;
  readonly TimeInfo: TimeInfo;
  readonly DurationInfo: DurationInfo;
  readonly Address: Address;
  readonly URL: URL;
  readonly Parameter: Parameter;
  readonly Parameters: Parameters;
  readonly Label: Label;
  readonly Labels: Labels;
  readonly Unavailability: Unavailability;
  readonly MachineID: MachineID;
  readonly WeightInfo: WeightInfo;
  readonly Role: Role;
  readonly VersionInfo: VersionInfo;
  readonly Flag: Flag;
  readonly Metric: Metric;
  readonly DomainInfo: DomainInfo;
  readonly 'DomainInfo.FaultDomain': DomainInfoFaultDomain;
  readonly 'DomainInfo.FaultDomain.RegionInfo': DomainInfoFaultDomainRegionInfo;
  readonly 'DomainInfo.FaultDomain.ZoneInfo': DomainInfoFaultDomainZoneInfo;
  readonly FrameworkInfo: FrameworkInfo;
  readonly 'FrameworkInfo.Capability': FrameworkInfoCapability;
  readonly OfferFilters: OfferFilters;
  readonly 'OfferFilters.ResourceQuantities': OfferFiltersResourceQuantities;
  readonly 'OfferFilters.MinAllocatableResources': OfferFiltersMinAllocatableResources;
  readonly ExecutorInfo: ExecutorInfo;
  readonly CommandInfo: CommandInfo;
  readonly 'CommandInfo.URI': CommandInfoURI;
  readonly Environment: Environment;
  readonly 'Environment.Variable': EnvironmentVariable;
  readonly Secret: Secret;
  readonly 'Secret.Reference': SecretReference;
  readonly 'Secret.Value': SecretValue;
  readonly ContainerInfo: ContainerInfo;
  readonly 'ContainerInfo.DockerInfo': ContainerInfoDockerInfo;
  readonly 'ContainerInfo.DockerInfo.PortMapping': ContainerInfoDockerInfoPortMapping;
  readonly 'ContainerInfo.MesosInfo': ContainerInfoMesosInfo;
  readonly Image: Image;
  readonly 'Image.Docker': ImageDocker;
  readonly Volume: Volume;
  readonly 'Volume.Source': VolumeSource;
  readonly 'Volume.Source.DockerVolume': VolumeSourceDockerVolume;
  readonly 'Volume.Source.HostPath': VolumeSourceHostPath;
  readonly 'Volume.Source.SandboxPath': VolumeSourceSandboxPath;
  readonly NetworkInfo: NetworkInfo;
  readonly 'NetworkInfo.IPAddress': NetworkInfoIPAddress;
  readonly 'NetworkInfo.PortMapping': NetworkInfoPortMapping;
  readonly LinuxInfo: LinuxInfo;
  readonly DiscoveryInfo: DiscoveryInfo;
  readonly Ports: Ports;
  readonly Port: Port;
  readonly Value: Value;
  readonly 'Value.Scalar': ValueScalar;
  readonly 'Value.Range': ValueRange;
  readonly 'Value.Ranges': ValueRanges;
  readonly 'Value.Set': ValueSet;
  readonly 'Value.Text': ValueText;
  readonly Resource: Resource;
  readonly 'Resource.AllocationInfo': ResourceAllocationInfo;
  readonly 'Resource.ReservationInfo': ResourceReservationInfo;
  readonly 'Resource.DiskInfo': ResourceDiskInfo;
  readonly 'Resource.DiskInfo.Persistence': ResourceDiskInfoPersistence;
  readonly 'Resource.DiskInfo.Source': ResourceDiskInfoSource;
  readonly 'Resource.DiskInfo.Source.Path': ResourceDiskInfoSourcePath;
  readonly 'Resource.DiskInfo.Source.Mount': ResourceDiskInfoSourceMount;
  readonly 'Resource.RevocableInfo': ResourceRevocableInfo;
  readonly 'Resource.SharedInfo': ResourceSharedInfo;
  readonly Attribute: Attribute;
  readonly AgentInfo: AgentInfo;
  readonly 'AgentInfo.Capability': AgentInfoCapability;
  readonly MasterInfo: MasterInfo;
  readonly 'MasterInfo.Capability': MasterInfoCapability;
  readonly Offer: Offer;
  readonly 'Offer.Operation': OfferOperationFields;
  readonly 'Offer.Operation.Launch': OfferOperationLaunch;
  readonly 'Offer.Operation.LaunchGroup': OfferOperationLaunchGroup;
  readonly 'Offer.Operation.Reserve': OfferOperationReserve;
  readonly 'Offer.Operation.Unreserve': OfferOperationUnreserve;
  readonly 'Offer.Operation.Create': OfferOperationCreate;
  readonly 'Offer.Operation.Destroy': OfferOperationDestroy;
  readonly InverseOffer: InverseOffer;
  readonly Filters: Filters;
  readonly Request: Request;
  readonly OperationStatus: OperationStatus;
  readonly TaskInfo: TaskInfo;
  readonly TaskGroupInfo: TaskGroupInfo;
  readonly KillPolicy: KillPolicy;
  readonly HealthCheck: HealthCheck;
  readonly 'HealthCheck.HTTPCheckInfo': HealthCheckHTTPCheckInfo;
  readonly 'HealthCheck.TCPCheckInfo': HealthCheckTCPCheckInfo;
  readonly CheckInfo: CheckInfo;
  readonly 'CheckInfo.Command': CheckInfoCommand;
  readonly 'CheckInfo.Http': CheckInfoHttp;
  readonly 'CheckInfo.Tcp': CheckInfoTcp;
  readonly TaskStatus: TaskStatus;
  readonly ContainerStatus: ContainerStatus;
  readonly TaskResourceLimitation: TaskResourceLimitation;
  readonly CheckStatusInfo: CheckStatusInfo;
  readonly 'CheckStatusInfo.Command': CheckStatusInfoCommand;
  readonly 'CheckStatusInfo.Http': CheckStatusInfoHttp;
  readonly 'CheckStatusInfo.Tcp': CheckStatusInfoTcp;
  readonly Task: Task;
  readonly 'scheduler.Event': SchedulerEventFields;
  readonly 'scheduler.Event.Subscribed': SchedulerEventSubscribed;
  readonly 'scheduler.Event.Offers': SchedulerEventOffers;
  readonly 'scheduler.Event.InverseOffers': SchedulerEventInverseOffers;
  readonly 'scheduler.Event.Rescind': SchedulerEventRescind;
  readonly 'scheduler.Event.RescindInverseOffer': SchedulerEventRescindInverseOffer;
  readonly 'scheduler.Event.Update': SchedulerEventUpdate;
  readonly 'scheduler.Event.UpdateOperationStatus': SchedulerEventUpdateOperationStatus;
  readonly 'scheduler.Event.Message': SchedulerEventMessage;
  readonly 'scheduler.Event.Failure': SchedulerEventFailure;
  readonly 'scheduler.Event.Error': SchedulerEventError;
  readonly 'scheduler.Call': SchedulerCallFields;
  readonly 'scheduler.Call.Subscribe': SchedulerCallSubscribe;
  readonly 'scheduler.Call.Accept': SchedulerCallAccept;
  readonly 'scheduler.Call.Decline': SchedulerCallDecline;
  readonly 'scheduler.Call.AcceptInverseOffers': SchedulerCallAcceptInverseOffers;
  readonly 'scheduler.Call.DeclineInverseOffers': SchedulerCallDeclineInverseOffers;
  readonly 'scheduler.Call.Revive': SchedulerCallRevive;
  readonly 'scheduler.Call.Suppress': SchedulerCallSuppress;
  readonly 'scheduler.Call.Kill': SchedulerCallKill;
  readonly 'scheduler.Call.Shutdown': SchedulerCallShutdown;
  readonly 'scheduler.Call.Acknowledge': SchedulerCallAcknowledge;
  readonly 'scheduler.Call.AcknowledgeOperationStatus': SchedulerCallAcknowledgeOperationStatus;
  readonly 'scheduler.Call.Reconcile': SchedulerCallReconcile;
  readonly 'scheduler.Call.Reconcile.Task': SchedulerCallReconcileTask;
  readonly 'scheduler.Call.ReconcileOperations': SchedulerCallReconcileOperations;
  readonly 'scheduler.Call.ReconcileOperations.Operation': SchedulerCallReconcileOperationsOperation;
  readonly 'scheduler.Call.Message': SchedulerCallMessage;
  readonly 'scheduler.Call.Request': SchedulerCallRequest;
  readonly 'scheduler.Call.UpdateFramework': SchedulerCallUpdateFramework;
  readonly 'scheduler.OfferConstraints': SchedulerOfferConstraints;
  readonly 'scheduler.OfferConstraints.RoleConstraints': SchedulerOfferConstraintsRoleConstraints;
  readonly 'scheduler.OfferConstraints.RoleConstraints.Group': SchedulerOfferConstraintsRoleConstraintsGroup;
  readonly 'scheduler.AttributeConstraint': SchedulerAttributeConstraint;
  readonly 'scheduler.AttributeConstraint.Selector': SchedulerAttributeConstraintSelector;
  readonly 'scheduler.AttributeConstraint.Predicate': SchedulerAttributeConstraintPredicate;
  readonly 'scheduler.AttributeConstraint.Predicate.Exists': SchedulerAttributeConstraintPredicateExists;
  readonly 'scheduler.AttributeConstraint.Predicate.NotExists': SchedulerAttributeConstraintPredicateNotExists;
  readonly 'scheduler.AttributeConstraint.Predicate.TextEquals': SchedulerAttributeConstraintPredicateTextEquals;
  readonly 'scheduler.AttributeConstraint.Predicate.TextNotEquals': SchedulerAttributeConstraintPredicateTextNotEquals;
  readonly 'scheduler.AttributeConstraint.Predicate.TextMatches': SchedulerAttributeConstraintPredicateTextMatches;
  readonly 'scheduler.AttributeConstraint.Predicate.TextNotMatches': SchedulerAttributeConstraintPredicateTextNotMatches;
  readonly 'executor.Event': ExecutorEventFields;
  readonly 'executor.Event.Subscribed': ExecutorEventSubscribed;
  readonly 'executor.Event.Launch': ExecutorEventLaunch;
  readonly 'executor.Event.LaunchGroup': ExecutorEventLaunchGroup;
  readonly 'executor.Event.Kill': ExecutorEventKill;
  readonly 'executor.Event.Acknowledged': ExecutorEventAcknowledged;
  readonly 'executor.Event.Message': ExecutorEventMessage;
  readonly 'executor.Event.Error': ExecutorEventError;
  readonly 'executor.Call': ExecutorCallFields;
  readonly 'executor.Call.Subscribe': ExecutorCallSubscribe;
  readonly 'executor.Call.Update': ExecutorCallUpdate;
  readonly 'executor.Call.Message': ExecutorCallMessage;
  readonly 'master.Call': MasterCallFields;
  readonly 'master.Call.GetMetrics': MasterCallGetMetrics;
  readonly 'master.Call.UpdateWeights': MasterCallUpdateWeights;
  readonly 'master.Call.ReserveResources': MasterCallReserveResources;
  readonly 'master.Call.UnreserveResources': MasterCallUnreserveResources;
  readonly 'master.Call.UpdateMaintenanceSchedule': MasterCallUpdateMaintenanceSchedule;
  readonly 'master.Call.StartMaintenance': MasterCallStartMaintenance;
  readonly 'master.Call.StopMaintenance': MasterCallStopMaintenance;
  readonly 'master.Call.Teardown': MasterCallTeardown;
  readonly 'master.Call.MarkAgentGone': MasterCallMarkAgentGone;
  readonly 'master.Call.UpdateQuota': MasterCallUpdateQuota;
  readonly 'master.QuotaConfig': MasterQuotaConfig;
  readonly 'master.MaintenanceWindow': MasterMaintenanceWindow;
  readonly 'master.MaintenanceSchedule': MasterMaintenanceSchedule;
  readonly 'master.InverseOfferStatus': MasterInverseOfferStatus;
  readonly 'master.MaintenanceClusterStatus': MasterMaintenanceClusterStatus;
  readonly 'master.MaintenanceClusterStatus.DrainingMachine': MasterMaintenanceClusterStatusDrainingMachine;
  readonly 'master.QuotaStatus': MasterQuotaStatus;
  readonly 'master.Response': MasterResponseFields;
  readonly 'master.Response.GetHealth': MasterResponseGetHealth;
  readonly 'master.Response.GetFlags': MasterResponseGetFlags;
  readonly 'master.Response.GetVersion': MasterResponseGetVersion;
  readonly 'master.Response.GetMetrics': MasterResponseGetMetrics;
  readonly 'master.Response.GetState': MasterResponseGetState;
  readonly 'master.Response.GetAgents': MasterResponseGetAgents;
  readonly 'master.Response.GetAgents.Agent': MasterResponseGetAgentsAgent;
  readonly 'master.Response.GetFrameworks': MasterResponseGetFrameworks;
  readonly 'master.Response.GetFrameworks.Framework': MasterResponseGetFrameworksFramework;
  readonly 'master.Response.GetExecutors': MasterResponseGetExecutors;
  readonly 'master.Response.GetExecutors.Executor': MasterResponseGetExecutorsExecutor;
  readonly 'master.Response.GetTasks': MasterResponseGetTasks;
  readonly 'master.Response.GetRoles': MasterResponseGetRoles;
  readonly 'master.Response.GetWeights': MasterResponseGetWeights;
  readonly 'master.Response.GetMaster': MasterResponseGetMaster;
  readonly 'master.Response.GetMaintenanceStatus': MasterResponseGetMaintenanceStatus;
  readonly 'master.Response.GetMaintenanceSchedule': MasterResponseGetMaintenanceSchedule;
  readonly 'master.Response.GetQuota': MasterResponseGetQuota;
  readonly 'master.Event': MasterEventFields;
  readonly 'master.Event.Subscribed': MasterEventSubscribed;
  readonly 'master.Event.TaskAdded': MasterEventTaskAdded;
  readonly 'master.Event.TaskUpdated': MasterEventTaskUpdated;
  readonly 'master.Event.AgentAdded': MasterEventAgentAdded;
  readonly 'master.Event.AgentRemoved': MasterEventAgentRemoved;
  readonly 'master.Event.FrameworkAdded': MasterEventFrameworkAdded;
  readonly 'master.Event.FrameworkUpdated': MasterEventFrameworkUpdated;
  readonly 'master.Event.FrameworkRemoved': MasterEventFrameworkRemoved;
  readonly 'agent.Call': AgentCallFields;
  readonly 'agent.Response': AgentResponseFields;
  readonly 'agent.Response.GetHealth': AgentResponseGetHealth;
  readonly 'agent.Response.GetState': AgentResponseGetState;
  readonly 'agent.Response.GetContainers': AgentResponseGetContainers;
  readonly 'agent.Response.GetContainers.Container': AgentResponseGetContainersContainer;
  readonly 'agent.Response.GetFrameworks': AgentResponseGetFrameworks;
  readonly 'agent.Response.GetFrameworks.Framework': AgentResponseGetFrameworksFramework;
  readonly 'agent.Response.GetExecutors': AgentResponseGetExecutors;
  readonly 'agent.Response.GetExecutors.Executor': AgentResponseGetExecutorsExecutor;
  readonly 'agent.Response.GetTasks': AgentResponseGetTasks;
  readonly 'agent.Response.GetAgent': AgentResponseGetAgent;
}

/** The messages that say by their `type` which other member they carry. */
export interface EnvelopeTypes {
  readonly 'Offer.Operation': OfferOperation;
  readonly 'scheduler.Event': SchedulerEvent;
  readonly 'scheduler.Call': SchedulerCall;
  readonly 'executor.Event': ExecutorEvent;
  readonly 'executor.Call': ExecutorCall;
  readonly 'master.Call': MasterCall;
  readonly 'master.Response': MasterResponse;
  readonly 'master.Event': MasterEvent;
  readonly 'agent.Call': AgentCall;
  readonly 'agent.Response': AgentResponse;
}
