export { type CharacterPredictionOptions, characterPrediction } from './character-prediction.ts';
