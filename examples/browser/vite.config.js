// The development server must leave the package as it is, or it loses the module beside it.
export default { optimizeDeps: { exclude: ['sealwood'] } };
