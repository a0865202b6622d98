// An oxlint plugin with one rule: lines that are too long, in code, comments and strings. The formatter breaks code, but never a
// string or a comment, and oxlint has no such rule.
const longest = 140;

const lineLength = {
	create(context) {
		return {
			Program() {
				for (const [index, line] of context.sourceCode.lines.entries()) {
					if (line.length > longest) {
						context.report({
							message: `The line has ${line.length} characters; at most ${longest} are allowed.`,
							loc: {start: {line: index + 1, column: longest}, end: {line: index + 1, column: line.length}},
						});
					}
				}
			},
		};
	},
};

export default {meta: {name: 'project'}, rules: {'line-length': lineLength}};
