/** The page at `/`, for anyone who opens it in a browser. */
export function page(name: string, fingerprint: string): string {
	return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(name)}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;margin:4rem auto;max-width:40rem;padding:0 1rem}code{overflow-wrap:anywhere}</style>
<h1>${escaped(name)}</h1>
<p>This is the Tanium Server of a sandbox appliance made by tanos-console. No Tanium software runs here.</p>
<p>Its certificate has the SHA-256 fingerprint <code>${escaped(fingerprint)}</code>
and can be downloaded as <a href="/pub/SOAPServer.crt">SOAPServer.crt</a>.</p>
<p>Sign in to its API with <code>POST /api/v2/session/login</code>.</p>
</html>
`;
}

function escaped(text: string): string {
	return text.replaceAll(/[&<>"']/g, character => `&#${character.codePointAt(0)};`);
}
