// What a server asks of its certificate beyond what every TLS client asks: the Tanium servers as their documents say, others as data.

export const keyTypes = ['rsa', 'ec'] as const;

export type Policy = {
	/** The types of keys that it can use. */
	keyTypes: ReadonlyArray<(typeof keyTypes)[number]>;
	/** Whether it uses the certificate as a TLS client, too. */
	clientAuth: boolean;
	/** Whether Tanium's documents apply, which ask for RSA 2048, SHA-256 and a key usage. */
	isTanium?: true;
};

/** What Tanium's documents ask for. */
export const taniumPolicy: Policy = {keyTypes: ['rsa'], clientAuth: true, isTanium: true};

/** What any other server of a host asks for, unless its description says something else. */
export const hostPolicy: Policy = {keyTypes: ['rsa', 'ec'], clientAuth: false};
