// The roles of appliances, and which servers an appliance of each role has.

export const roles = ['all-in-one', 'tanium-server', 'module-server'] as const;
export type Role = (typeof roles)[number];

export type Server = 'Tanium Server' | 'Module Server';

/** Whether an appliance of this role has this server. */
export function hasServer(role: Role, server: Server): boolean {
	return role === 'all-in-one' || role === (server === 'Tanium Server' ? 'tanium-server' : 'module-server');
}

export const machines = [...roles, 'host'] as const;
/** What a console belongs to: an appliance of a role, or a Linux host. */
export type Machine = (typeof machines)[number];

/** The machine as the console shows it. */
export function describeMachine(machine: Machine): string {
	return machine === 'host' ? 'Linux Host' : describeRole(machine);
}

/** The role as the console shows it. */
export function describeRole(role: Role): string {
	return {'all-in-one': 'All-in-One', 'tanium-server': 'Tanium Server', 'module-server': 'Tanium Module Server'}[role];
}
