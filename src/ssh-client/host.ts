/** An appliance or a jump host, with its settings from OpenSSH's configuration. */
export type Host = {
	/** The name that the operator used, `ts1` or `[::1]:2222`. */
	label: string;
	address: string;
	port: number;
	user: string;
	/** Private keys to try, in this order. */
	identityFiles: string[];
	/** Whether the agent may use these keys only. */
	identitiesOnly: boolean;
	/** The socket of an SSH agent. */
	agent?: string;
	knownHosts: {
		/** Files of known hosts; a new host is added to the first. */
		files: string[];
		/** The host's name in them. */
		name: string;
		/** Whether new lines have a hashed name. */
		hashed: boolean;
		/** Whether the operator may be asked about a host that is not known. */
		mayAsk: boolean;
	};
};

/** Answers for the operator. The client itself neither prints nor asks. */
export type Operator = {
	/** Whether to accept an unknown host. Undefined when there is nobody to ask. */
	isKnown(host: UnknownHost): Promise<boolean | undefined>;
	/** The answer to a question, without echo if `hidden`. Undefined when there is none. */
	answer(question: string, options: {hidden: boolean}): Promise<string | undefined>;
	/** Shows a message of a server or of this client. It may contain control characters and line feeds. */
	notify(words: string): void;
};

export type UnknownHost = {
	/** The name for known_hosts, such as `ts1.example.com` or `[127.0.0.1]:2222`. */
	name: string;
	address: string;
	/** Such as `ED25519`. */
	type: string;
	fingerprint: string;
};
