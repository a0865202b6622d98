// The interface through which the rest of the code controls services. Each environment implements it in one file.

import {hasServer, type Role, type Server} from '../appliance/roles.js';

/** The services of all appliances, by their systemd unit names, in the order they start. */
export const serviceNames = ['taniumserver', 'taniummoduleserver', 'patch'] as const;
export type ServiceName = (typeof serviceNames)[number];

const serverOf: Readonly<Record<ServiceName, Server>> = {
	taniumserver: 'Tanium Server',
	taniummoduleserver: 'Module Server',
	patch: 'Module Server',
};

/** The services of an appliance of this role, in the order they start. */
export function servicesOf(role: Role): readonly ServiceName[] {
	return serviceNames.filter(name => hasServer(role, serverOf[name]));
}

type ServiceState =
	| {
			name: ServiceName;
			running: true;
			pid: number;
			/** When it was started. */
			since: Date;
			/** Tells this process from every other one of this boot, also from one that got its pid later. */
			process: string;
	  }
	| {name: ServiceName; running: false};

export interface Services {
	/** The services of this appliance, in the order they start. */
	readonly names: readonly ServiceName[];
	/** The current state of this service. */
	state(name: ServiceName): Promise<ServiceState>;
	/**
	 * Starts it and resolves when it reports that it is ready (TLS pair loaded, listening). Resolves at once when it is already
	 * running. Rejects with Problem `service-failed`, whose message contains the reason that the service logged.
	 */
	start(name: ServiceName): Promise<void>;
	/** Stops it and resolves when its process is gone; at once when it is not running. Rejects with Problem `service-stuck`. */
	stop(name: ServiceName): Promise<void>;
	/** Stops, then starts. */
	restart(name: ServiceName): Promise<void>;
	/**
	 * Tries, without touching the service, whatever stopping and starting it writes. Rejects with Problem `service-uncontrollable`
	 * when it could not be started again.
	 */
	check(name: ServiceName): Promise<void>;
}

/** The states of all services of an appliance, in the order they start. */
export async function statesOf(services: Services): Promise<ServiceState[]> {
	return Promise.all(services.names.map(async name => services.state(name)));
}
