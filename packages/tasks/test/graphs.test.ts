import { describeTask } from '@elman/testkit';
import { familyTree, graphTraversal, shortestPath } from '../src/index.ts';

describeTask('graphTraversal', () => graphTraversal({ labels: 5 }), { difficulty: { length: 2, nodes: 4 } });
describeTask('shortestPath', () => shortestPath({ labels: 6 }), { difficulty: { length: 2, nodes: 5 } });
describeTask('familyTree', () => familyTree({ labels: 12 }), { difficulty: { length: 2, people: 7 } });
