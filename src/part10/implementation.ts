/** Who wrote a file or opened an association (PS3.7 D.3.3.2). Fixed for the life of the product; a UUID as in PS3.5 B.2. */
export const IMPLEMENTATION_CLASS_UID = '2.25.167139713287445148166932865543879603010';
/** At most 16 characters (PS3.7 D.3.3.2.3). */
export const IMPLEMENTATION_VERSION_NAME = 'CMR_NODE_0_1';
