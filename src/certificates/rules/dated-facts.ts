// Facts about today's CAs and clients that change with the years. Each has its source; what has none is not printed.

/** The longest validity of public certificates, in days, for those issued from a day on; the latest first. */
export const publicLifetimes = [
	{from: new Date('2029-03-15'), days: 47},
	{from: new Date('2027-03-15'), days: 100},
	{from: new Date('2026-03-15'), days: 200},
	{from: new Date('2020-09-01'), days: 398},
] as const;

/** CA/Browser Forum, ballot SC-081v3 (2025-04-11), for the first three; Baseline Requirements 6.3.2 for the last. */
export const publicLifetimesSource = 'CA/Browser Forum, SC-081v3';

/** Days above which Apple's clients refuse a certificate of any CA (support.apple.com/103769). */
export const longestForApple = 825;

/**
 * Chrome's root program asks public CAs for hierarchies that serve TLS servers only (Chrome Root Program Policy 1.6), and Let's
 * Encrypt left clientAuth out of its default profile on 2026-02-11 (letsencrypt.org/2025/05/14/ending-tls-client-authentication).
 */
export const publicClientAuth =
	'Public CAs are ending clientAuth in the certificates of servers (letsencrypt.org/2025/05/14/ending-tls-client-authentication)';

/** Issuers whose certificates are for tests, what they are, and where that is documented. */
export const testAuthorities: ReadonlyArray<{pattern: RegExp; words: string; source: string}> = [
	{pattern: /^\(STAGING\) /i, words: "Let's Encrypt's staging environment", source: 'letsencrypt.org/docs/staging-environment'},
	{
		pattern: /^Fake LE (?:Intermediate|Root) X\d$/i,
		words: "Let's Encrypt's old staging environment",
		source: 'github.com/letsencrypt/boulder',
	},
	{pattern: /^happy hacker fake CA$/i, words: 'Boulder, an ACME server for tests', source: 'github.com/letsencrypt/boulder'},
	{pattern: /^Pebble (?:Intermediate|Root) CA /i, words: 'Pebble, an ACME server for tests', source: 'github.com/letsencrypt/pebble'},
	{pattern: /^minica root ca /i, words: 'minica, a CA for development', source: 'github.com/jsha/minica'},
	{pattern: /^mkcert /i, words: 'mkcert, a CA for development', source: 'github.com/FiloSottile/mkcert'},
	{
		pattern: /^Kubernetes Ingress Controller Fake Certificate$/i,
		words: 'ingress-nginx, in place of a missing certificate',
		source: 'kubernetes.github.io/ingress-nginx/user-guide/tls',
	},
	{pattern: /^TRAEFIK DEFAULT CERT$/i, words: 'Traefik, in place of a missing certificate', source: 'doc.traefik.io/traefik/https/tls'},
];
