import {Box, Text} from 'ink';
import type {ReactNode} from 'react';
import stringWidth from 'string-width';
import {bodyRows, margin, type ConsoleState} from '../src/console/state.js';

type Props = {
	state: ConsoleState;
	/** The line for typing. */
	prompt: ReactNode;
	/** What can be done here, or a notice about the last input. */
	hint?: ReactNode;
	children: ReactNode;
};

/** The frame of every screen: the appliance and the signed-in user above, the prompt and its hint below. */
export function Frame({state, prompt, hint, children}: Props) {
	const {columns, rows} = state;
	return (
		<Box flexDirection='column' width={columns} height={Math.max(1, rows - 1)} flexShrink={0} overflow='hidden'>
			<Header state={state} />
			<Rule columns={columns} />
			<Box flexDirection='column' height={bodyRows(state)} flexShrink={0} paddingX={1} overflow='hidden'>
				{/* Rows that do not fit are cut off: if they shrank, they would be drawn over each other. */}
				<Box flexDirection='column' flexShrink={0}>
					{children}
				</Box>
			</Box>
			<Rule columns={columns} />
			<Box height={1} flexShrink={0} paddingX={1}>
				{prompt}
			</Box>
			<Box height={1} flexShrink={0} paddingX={1}>
				{hint}
			</Box>
		</Box>
	);
}

/** When not everything fits, the role is left out first. */
function Header({state: {appliance, user, columns}}: {state: ConsoleState}) {
	const left = `TanOS  ${appliance.name}`;
	const right = [appliance.role, user?.name].filter(word => word !== undefined).join('  ');
	const fits = stringWidth(`${left}  ${right}`) <= columns - margin;
	return (
		<Box justifyContent='space-between' columnGap={2} height={1} flexShrink={0} paddingX={1}>
			<Text bold wrap='truncate'>
				{left}
			</Text>
			<Text wrap='truncate'>{fits ? right : (user?.name ?? '')}</Text>
		</Box>
	);
}

function Rule({columns}: {columns: number}) {
	return (
		<Box height={1} flexShrink={0}>
			<Text dimColor wrap='truncate'>
				{'-'.repeat(columns)}
			</Text>
		</Box>
	);
}
