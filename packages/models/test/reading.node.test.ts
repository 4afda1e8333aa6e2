import { describeReading } from './describe-reading.ts';
import { kinds } from './reading.ts';

for (const [name, kind] of Object.entries(kinds)) describeReading(name, kind);
