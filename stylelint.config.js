// Only one question: does a phone of 2018 (browserslist in package.json) know what the style sheets use?
export default {
  plugins: ["stylelint-no-unsupported-browser-features"],
  rules: { "plugin/no-unsupported-browser-features": [true, { ignorePartialSupport: true }] },
};
