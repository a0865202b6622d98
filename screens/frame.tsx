import {Box, Text} from 'ink';
import type {ReactNode} from 'react';
import {bodyRows, type ConsoleState} from '../src/console/state.js';

type Props = {
	state: ConsoleState;
	/** The line that is typed into. */
	prompt: ReactNode;
	/** What may be done here, or a word about what was just typed. */
	hint: ReactNode;
	children: ReactNode;
};

/** What surrounds every screen: which appliance this is and who is signed in above, the prompt and its hint below. */
export function Frame({state, prompt, hint, children}: Props) {
	const {appliance, user, columns, rows} = state;
	return (
		<Box flexDirection='column' width={columns} height={Math.max(1, rows - 1)} overflow='hidden'>
			<Box justifyContent='space-between' height={1} flexShrink={0} paddingX={1}>
				<Text bold wrap='truncate'>TanOS  {appliance.name}</Text>
				<Text wrap='truncate'>{appliance.role}{user ? `  ${user.name}` : ''}</Text>
			</Box>
			<Rule columns={columns}/>
			<Box flexDirection='column' height={bodyRows(state)} flexShrink={0} paddingX={1} overflow='hidden'>
				{children}
			</Box>
			<Rule columns={columns}/>
			<Box height={1} flexShrink={0} paddingX={1}>{prompt}</Box>
			<Box height={1} flexShrink={0} paddingX={1}>{hint}</Box>
		</Box>
	);
}

function Rule({columns}: {columns: number}) {
	return <Box height={1} flexShrink={0}><Text dimColor wrap='truncate'>{'-'.repeat(columns)}</Text></Box>;
}
