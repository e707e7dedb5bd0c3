# Builds the native library with cargo as a static one and links all of it into the framework of the pod.
Pod::Spec.new do |s|
  s.name = 'sealwood'
  s.version = '0.1.0'
  s.summary = 'An end-to-end encrypted, verifiable file store.'
  s.homepage = 'https://github.com/sealwood/sealwood'
  s.license = { :type => 'MIT OR Apache-2.0' }
  s.author = 'The Sealwood authors'
  s.source = { :path => '.' }
  s.source_files = 'Classes/**/*'
  s.resource_bundles = { 'sealwood_privacy' => ['Resources/PrivacyInfo.xcprivacy'] }
  s.dependency 'Flutter'
  s.platform = :ios, '13.0'
  s.swift_version = '5.0'

  s.script_phase = {
    :name => 'Build the native library',
    :script => 'sh "$PODS_TARGET_SRCROOT/../tool/build_apple.sh" "$BUILT_PRODUCTS_DIR/sealwood_dart"',
    :execution_position => :before_compile,
    :output_files => ['${BUILT_PRODUCTS_DIR}/sealwood_dart/libsealwood_dart.a'],
  }
  s.pod_target_xcconfig = {
    'DEFINES_MODULE' => 'YES',
    # Dart looks the functions up by their names: nothing of the library may be left out.
    'OTHER_LDFLAGS' => '-force_load ${BUILT_PRODUCTS_DIR}/sealwood_dart/libsealwood_dart.a',
  }
end
