/** The exit codes of `tanos` and of the TanOS commands. */
export const exitCodes = {
	/** Done. */
	done: 0,
	/** The answer is no: not installable, refused, rolled back. */
	no: 1,
	/** The arguments are wrong. */
	usage: 2,
	/** The appliance needs manual intervention. */
	manualIntervention: 3,
} as const;
