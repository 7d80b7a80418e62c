// Only one question: does a phone of 2018 (browserslist in package.json) know what the pages use? Types are tsc's.
import compat from "eslint-plugin-compat";

export default [{ files: ["static/js/**/*.js"], ...compat.configs["flat/recommended"] }];
