export { type FamilyTreeOptions, familyTree } from './family-tree.ts';
export { type GraphTraversalOptions, graphTraversal } from './graph-traversal.ts';
export { type ShortestPathOptions, shortestPath } from './shortest-path.ts';
