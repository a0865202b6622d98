import {Box, Text} from 'ink';
import stringWidth from 'string-width';
import {margin} from '../../src/console/state.js';

type Props = {
	/** What can be done here, the most useful first. */
	hints: readonly string[];
	/** The text at the right end of the row. */
	aside?: string;
	columns: number;
};

const gap = '    ';

/** As many hints as fit. None is cut off. */
export function Hints({hints, aside = '', columns}: Props) {
	const shown = hints.filter((_, index) => stringWidth(hints.slice(0, index + 1).join(gap)) <= columns - margin).join(gap);
	return (
		<Box justifyContent='space-between' columnGap={2} flexGrow={1}>
			<Box flexShrink={0}>
				<Text dimColor>{shown}</Text>
			</Box>
			<Text dimColor wrap='truncate'>
				{aside}
			</Text>
		</Box>
	);
}
