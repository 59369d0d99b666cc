# SPDX-License-Identifier: GPL-2.0-only
# Targets for users and developers; `make help` lists them. Kbuild lists the
# files of each module for the kernel's build system.

KDIR ?= /lib/modules/$(shell uname -r)/build
CACHE ?= $(or $(IOVNIC_CACHE),/var/cache/iovnic)
PYTEST = /usr/bin/python3 -B -m pytest

MAKEFLAGS += -j$(shell nproc)

version := $(shell sed -n 's/^\#define IOV_VERSION "\(.*\)".*/\1/p' common/version.h)
rooms := common mailbox pf vf
lab_kernels := $(patsubst $(CACHE)/kernels/%/release,%,\
	$(wildcard $(CACHE)/kernels/stock/release $(CACHE)/kernels/debug/release))

# $(call kbuild,DIR,KDIR,ARGUMENTS,CHANGE): run the kernel's build system in DIR,
# which has links to the sources; CHANGE is a command that modifies DIR first.
# Each kernel has its own objects, and a second build compiles only what changed.
define kbuild
	@test -e $(2)/Makefile || { echo "no kernel build tree at $(2):" \
		"install the kernel's headers or name it (make KDIR=...);" \
		"make setup installs the lab's" >&2; exit 1; }
	@mkdir -p $(1)
	@find $(1) -name '*.[ch]' -xtype l -delete
	@cp -rsf $(addprefix $(CURDIR)/,Kbuild $(rooms)) $(1)
	$(4)
	+@flock $(1) $(MAKE) --no-print-directory -C $(2) M=$(abspath $(1)) $(3)
endef

.PHONY: native
native: ## build the modules for KDIR, the running kernel by default
	$(call kbuild,build/native,$(KDIR),$(KFLAGS) modules)

.PHONY: install modules_install
install: modules_install
modules_install: ## install the modules that `make` built
	$(call kbuild,build/native,$(KDIR),modules_install)

.PHONY: iovctl
iovctl: ## build the command-line tool: build/iovctl/iovctl
	@$(MAKE) --no-print-directory -C tools/iovctl

.PHONY: iovctl_install
iovctl_install: iovctl ## install it (make iovctl_install PREFIX=/usr/local DESTDIR=)
	@$(MAKE) --no-print-directory -C tools/iovctl install

# For distributions without a package: afterwards `dkms install iovnic/VERSION`
.PHONY: dkms_install
dkms_install: dkms_tree := $(DESTDIR)/usr/src/iovnic-$(version)
dkms_install: ## install the modules' sources for DKMS (make dkms_install PREFIX=/usr/local DESTDIR=)
	@mkdir -p $(dkms_tree)
	@cp -r --no-preserve=mode Kbuild $(rooms) $(dkms_tree)
	@sed 's/#MODULE_VERSION#/$(version)/' packaging/dkms.conf >$(dkms_tree)/dkms.conf
	@install -D -m 644 packaging/modprobe.conf $(DESTDIR)/usr/lib/modprobe.d/iovnic.conf
	@$(MAKE) --no-print-directory -C tools/iovctl install_man MAN=iovnic_ SECTION=4

.PHONY: dist deb rpm
dist: ## make the release's tarball: build/iovnic-VERSION.tar.gz
deb: ## make Debian packages: build/deb
rpm: ## make RPM packages: build/rpm
dist deb rpm:
	@packaging/build $@

.PHONY: setup
setup: ## install the lab's packages, QEMU and kernel (Debian 12 or 13, as root)
	@tools/lab/setup
	@tools/lab/setup --check

.PHONY: modules
modules: $(addprefix modules-,$(lab_kernels)) ## build the modules for the lab's kernels: build/stock, build/debug
	@test -n "$(lab_kernels)" || \
		{ echo "no lab kernel in $(CACHE): run make setup" >&2; exit 1; }

modules-%:
	$(call kbuild,build/$*,$(CACHE)/kernels/$*/build,$(strict-$*) $(KFLAGS) modules,$(change-$*))

# A warning ends the build; tests/lint uses the result. Nothing reads the debug information.
strict-stock = W=1 KCFLAGS='-Werror -g0' CONFIG_DEBUG_INFO_BTF_MODULES=
# There is no list of the symbols that these kernels export; insmod finds a missing one.
strict-longterm = KBUILD_MODPOST_WARN=1 KCFLAGS=-g0 CONFIG_DEBUG_INFO_BTF_MODULES=
strict-stable = $(strict-longterm)
strict-arm64-16k = $(strict-longterm) $(shell cat $(CACHE)/kernels/arm64-16k/build/arguments)
# Only one of the kernels needs an object for each file.
change-debug = @tools/lab/one-object build/$*
change-longterm = $(change-debug)
change-stable = $(change-debug)
change-arm64-16k = $(change-debug)

# Drivers of a later protocol version, as peers for compatibility tests.
.PHONY: modules-of-a-newer-peer
modules-of-a-newer-peer:
	$(call kbuild,build/newer,$(CACHE)/kernels/stock/build,$(KFLAGS) modules,$(as_newer_peer))

as_newer_peer = @sed -i -f tests/lab/newer_peer.sed build/newer/mailbox/wire.h

# The tests are those of tests/unit, linked beside the sources.
.PHONY: kunit
kunit: ## build the unit tests as a module for the debug kernel: build/kunit
	@mkdir -p build/kunit
	@find build/kunit -name '*.[ch]' -xtype l -delete
	@cp -rsf $(addprefix $(CURDIR)/,mailbox pf vf common) build/kunit
	@cp -rsf $(addprefix $(CURDIR)/tests/unit/,fixtures.h tap_test.h test_*.c) build/kunit
	@cp -rsf $(CURDIR)/tests/kunit/. build/kunit
	+@flock build/kunit $(MAKE) --no-print-directory \
		-C $(CACHE)/kernels/debug/build M=$(CURDIR)/build/kunit modules

# Power management that QEMU and its firmware lack, for tests of sleep and shutdown.
power_kernel ?= stock
power_dir = build/power/$(power_kernel)
.PHONY: power
power:
	@mkdir -p $(power_dir)
	@cp -rsf $(CURDIR)/tests/lab/power/. $(power_dir)
	+@flock $(power_dir) $(MAKE) --no-print-directory \
		-C $(CACHE)/kernels/$(power_kernel)/build M=$(CURDIR)/$(power_dir) modules

.PHONY: demo
demo: ## boot a host VM and a guest with a VF, send traffic, take the VF away, migrate
	@tools/lab/setup --demo
	@tools/lab/demo

.PHONY: demo-migrate
demo-migrate: ## boot two host VMs and migrate a guest between them with its VF attached
	@tools/lab/setup --demo
	@tools/lab/demo-migrate

.PHONY: lab
lab: ## open a shell in the host VM with the drivers loaded
	@tools/lab/setup --demo
	@tools/lab/shell

# The quick tests come first. The last line counts passed, failed and skipped
# tests; T= passes arguments on, for example T='-k mailbox -x'.
.PHONY: check
check: ## run every test; those of the debug kernel only if it is built
	@tools/lab/setup
	@$(MAKE) --no-print-directory tests

# A separate make, because the set-up installs the kernels.
.PHONY: tests
tests: $(addprefix modules-,$(lab_kernels))
	$(PYTEST) $(processes) tests/lint tests/unit tests/packages tests/model tests/fuzz tests/lab $(T)

# Two run virtual machines, and one the tests without. Only one if pytest-xdist is missing: slower,
# otherwise the same.
processes = $(shell /usr/bin/python3 -c 'import xdist' 2>/dev/null && echo '' -n 3 --dist loadgroup)

.PHONY: bench
bench: ## measure the cost of a packet: table, JSON and plot in build/bench
	tools/lab/setup python3-matplotlib
	$(MAKE) modules-stock
	tests/bench/bench $(T)

.PHONY: static
static: ## run the compilers, checkers and style rules only
	$(PYTEST) tests/lint $(T)

.PHONY: unit
unit: ## run the unit tests of the pure files only
	$(PYTEST) tests/unit $(T)

.PHONY: fuzz
fuzz: ## run the fuzzers of the drivers and of iovctl for T seconds in all, 60 by default
	$(MAKE) -C tests/fuzz run $(if $(T),T=$(T))

.PHONY: coverage
coverage: ## print line and branch coverage of the unit tests
	$(MAKE) -C tests/unit coverage

.PHONY: docs
docs: ## build the documentation: HTML and man pages in build/docs
	@command -v sphinx-build >/dev/null || { echo "no sphinx-build:" \
		"install it (apt-get install python3-sphinx)" >&2; exit 1; }
	@sphinx-build -q -E -n -W --keep-going -d build/docs/tree \
		-b html Documentation build/docs/html
	@sphinx-build -q -n -W --keep-going -d build/docs/tree \
		-b man Documentation build/docs/man
	@echo "build/docs/html/index.html, build/docs/man"

.PHONY: clean
clean: ## remove build/
	rm -rf build

.PHONY: help
help: ## show this list
	@sed -n 's/^\([a-z_]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | \
		expand -t 18
