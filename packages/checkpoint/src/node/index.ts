export { folderStorage } from './folder.ts';
