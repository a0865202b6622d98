// The interface through which the rest of the code controls services. Each environment implements it in one file.

import {hasServer, type Role, type Server} from '../appliance/roles.js';

/** The services of all appliances, by their systemd unit names, in the order they start. */
export const serviceNames = ['taniumserver', 'taniummoduleserver', 'patch'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** A unit of systemd by its full name, such as `nginx.service`. */
export type UnitName = `${string}.${string}`;

const serverOf: Readonly<Record<ServiceName, Server>> = {
	taniumserver: 'Tanium Server',
	taniummoduleserver: 'Module Server',
	patch: 'Module Server',
};

/** The services of an appliance of this role, in the order they start. */
export function servicesOf(role: Role): readonly ServiceName[] {
	return serviceNames.filter(name => hasServer(role, serverOf[name]));
}

/** An appliance has services of its own, a host has units of systemd. */
export type AnyName = ServiceName | UnitName;

type ServiceState<Name extends AnyName = AnyName> =
	| {
			name: Name;
			running: true;
			pid: number;
			/** When it was started. */
			since: Date;
			/** Tells this process from every other one of this boot, also from one that got its pid later. */
			process: string;
			/** How often it ended and was started again by itself since it was last started; absent where nothing starts it again. */
			restarts?: number;
	  }
	| {name: Name; running: false};

export interface Services {
	/** The services of this appliance, in the order they start. */
	readonly names: readonly ServiceName[];
	/** The current state of this service. */
	state(name: AnyName): Promise<ServiceState>;
	/**
	 * Starts it and resolves when it reports that it is ready (TLS pair loaded, listening). Resolves at once when it is already
	 * running. Rejects with Problem `service-failed`, whose message contains the reason that the service logged.
	 */
	start(name: AnyName): Promise<void>;
	/** Stops it and resolves when its process is gone; at once when it is not running. Rejects with Problem `service-stuck`. */
	stop(name: AnyName): Promise<void>;
	/** Stops, then starts. */
	restart(name: AnyName): Promise<void>;
	/**
	 * Makes it read its files again without ending. Resolves when it has been told so; when the files count is up to the service. Rejects
	 * with Problem `service-failed`, also when it is not running, and with `not-reloadable` when it cannot.
	 */
	reload(name: AnyName): Promise<void>;
	/** What is running now that a stop of this service takes down with it, and that its start does not bring back. */
	dependents(name: AnyName): Promise<UnitName[]>;
	/**
	 * Tries, without touching the service, whatever stopping and starting it writes. Rejects with Problem `service-uncontrollable`
	 * when it could not be started again.
	 */
	check(name: AnyName): Promise<void>;
	/** Where its log ends now, for logSince(). Never rejects. */
	logEnd(name: AnyName): Promise<string>;
	/** At most this many of the last lines that it logged since then, fit for display. Never rejects. */
	logSince(name: AnyName, end: string, maxLines: number): Promise<string[]>;
}

/** The states of all services of an appliance, in the order they start. */
export async function statesOf(services: Services): Promise<Array<ServiceState<ServiceName>>> {
	return Promise.all(services.names.map(async name => ({...(await services.state(name)), name})));
}
