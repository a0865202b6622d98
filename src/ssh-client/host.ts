/** A host on the way to an appliance, or the appliance itself, with all that OpenSSH's configuration says of it. */
export type Host = {
	/** The name that the operator used, `ts1` or `[::1]:2222`. */
	label: string;
	address: string;
	port: number;
	user: string;
	/** Private keys to try, in this order. */
	identityFiles: string[];
	/** Whether the agent is asked for these keys only. */
	identitiesOnly: boolean;
	/** The socket of an SSH agent. */
	agent?: string;
	knownHosts: {
		/** Files of known hosts; a new host is added to the first. */
		files: string[];
		/** The name that this host is known by. */
		name: string;
		/** Whether a new line hides the host's name. */
		hashed: boolean;
		/** Whether the operator may be asked about a host that is not known. */
		mayAsk: boolean;
	};
};

/** Somebody, or something, that answers for the operator. The client itself neither prints nor asks. */
export type Operator = {
	/** Whether a host that nobody knows yet is the one that is meant. Undefined when nobody is there to say. */
	isKnown(host: UnknownHost): Promise<boolean | undefined>;
	/** The answer to a question; what is hidden is not shown while it is typed. Undefined when there is none. */
	answer(question: string, options: {hidden: boolean}): Promise<string | undefined>;
	/** Takes what a server or this client has to say. It may hold anything, and may have several lines. */
	tell(words: string): void;
};

export type UnknownHost = {
	/** As it will stand in the file, `ts1.example.com` or `[127.0.0.1]:2222`. */
	name: string;
	address: string;
	/** Such as `ED25519`. */
	type: string;
	fingerprint: string;
};
