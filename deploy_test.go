package flywheel

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

// manifest is what the test wants to know of an object of Kubernetes.
type manifest struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct{ Name string }
	Spec       struct {
		Selector struct {
			MatchLabels map[string]string `yaml:"matchLabels"`
		}
		Template *struct {
			Metadata struct{ Labels map[string]string }
			Spec     struct {
				Containers []struct {
					Name, Image  string
					Args         []string
					VolumeMounts []struct{ Name, MountPath string } `yaml:"volumeMounts"`
				}
				Volumes []struct {
					Name      string
					ConfigMap struct{ Name string } `yaml:"configMap"`
					Secret    struct {
						SecretName string `yaml:"secretName"`
					}
					PersistentVolumeClaim struct {
						ClaimName string `yaml:"claimName"`
					} `yaml:"persistentVolumeClaim"`
				}
			}
		}
		VolumeClaimTemplates []struct{ Metadata struct{ Name string } } `yaml:"volumeClaimTemplates"`
	}
}

// TestManifestsHoldTogether: every manifest can be read, what it mounts is there, and what it selects it has made;
// and docs/cluster.md names every file and every secret.
func TestManifestsHoldTogether(t *testing.T) {
	page, err := os.ReadFile("docs/cluster.md")
	require.NoError(t, err)
	paths, err := filepath.Glob("deploy/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	made := map[string]bool{}
	var all []manifest
	for _, path := range paths {
		require.Contains(t, string(page), path)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		for documents := yaml.NewDecoder(bytes.NewReader(content)); ; {
			var m manifest
			err := documents.Decode(&m)
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, path)
			require.NotEmpty(t, m.APIVersion, path)
			require.NotEmpty(t, m.Kind, path)
			require.NotEmpty(t, m.Metadata.Name, path)
			made[m.Kind+" "+m.Metadata.Name] = true
			all = append(all, m)
		}
	}
	for _, m := range all {
		if m.Spec.Template == nil {
			continue
		}
		for label, value := range m.Spec.Selector.MatchLabels {
			require.Equal(t, value, m.Spec.Template.Metadata.Labels[label], "%s selects pods that it does not make", m.Metadata.Name)
		}
		volumes := map[string]bool{}
		for _, v := range m.Spec.VolumeClaimTemplates {
			volumes[v.Metadata.Name] = true
		}
		for _, v := range m.Spec.Template.Spec.Volumes {
			volumes[v.Name] = true
			switch {
			case v.ConfigMap.Name != "":
				require.True(t, made["ConfigMap "+v.ConfigMap.Name], v.Name)
			case v.PersistentVolumeClaim.ClaimName != "":
				require.True(t, made["PersistentVolumeClaim "+v.PersistentVolumeClaim.ClaimName], v.Name)
			default:
				require.Contains(t, string(page), "create secret generic "+v.Secret.SecretName+" ")
			}
		}
		for _, c := range m.Spec.Template.Spec.Containers {
			for _, mount := range c.VolumeMounts {
				require.True(t, volumes[mount.Name], "%s mounts %s, which is not there", m.Metadata.Name, mount.Name)
			}
			if strings.HasPrefix(c.Image, "flywheel:") {
				require.Contains(t, string(page), c.Image)
				require.Contains(t, []string{"worker", "sweep"}, c.Args[0])
			}
		}
	}
}
