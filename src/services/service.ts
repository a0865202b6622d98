// The interface through which everything else controls services. Each environment implements it in one file.

/** The services of an appliance, by their systemd unit names, in the order they start. */
export const serviceNames = ['taniumserver', 'taniummoduleserver', 'patch'] as const;
export type ServiceName = (typeof serviceNames)[number];

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
	/** The state of this service, read anew. */
	state(name: ServiceName): Promise<ServiceState>;
	/**
	 * Starts it and resolves when it says that it is ready (TLS pair loaded, listening). Resolves at once when it runs
	 * already. Rejects with Problem `service-failed`, whose message holds the reason the service itself gave.
	 */
	start(name: ServiceName): Promise<void>;
	/** Stops it and resolves when its process is gone. Resolves at once when it does not run. Rejects with Problem `service-stuck`. */
	stop(name: ServiceName): Promise<void>;
	/** Stops, then starts. */
	restart(name: ServiceName): Promise<void>;
	/**
	 * Tries, without touching the service, whatever stopping and starting it writes. Rejects with Problem `service-uncontrollable`
	 * when it could not be started again.
	 */
	check(name: ServiceName): Promise<void>;
}
