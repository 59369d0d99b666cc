# SPDX-License-Identifier: GPL-2.0-only
# What a person calls; `make help` lists it. What the modules consist of is in
# Kbuild, which the kernel's own build system reads.

KDIR ?= /lib/modules/$(shell uname -r)/build
CACHE ?= $(or $(IOVNIC_CACHE),/var/cache/iovnic)
PYTEST = /usr/bin/python3 -B -m pytest

MAKEFLAGS += -j$(shell nproc)

rooms := common mailbox pf vf
lab_kernels := $(patsubst $(CACHE)/kernels/%/release,%,\
	$(wildcard $(CACHE)/kernels/stock/release $(CACHE)/kernels/debug/release))

# $(call kbuild,DIR,KDIR,ARGUMENTS,CHANGE): the kernel's build system, working in
# DIR, a shadow of the sources made of links; CHANGE is a command that changes
# it. So every kernel has objects of its own and a second build compiles only
# what has changed.
define kbuild
	@test -e $(2)/Makefile || { echo "no kernel build tree at $(2):" \
		"install the kernel's headers or name it (make KDIR=...);" \
		"the lab's come by make setup" >&2; exit 1; }
	@mkdir -p $(1)
	@find $(1) -name '*.[ch]' -xtype l -delete
	@cp -rsf $(addprefix $(CURDIR)/,Kbuild $(rooms)) $(1)
	$(4)
	+@flock $(1) $(MAKE) --no-print-directory -C $(2) M=$(abspath $(1)) $(3)
endef

.PHONY: native
native: ## the modules for KDIR, the running kernel by default
	$(call kbuild,build/native,$(KDIR),$(KFLAGS) modules)

.PHONY: install modules_install
install: modules_install
modules_install: ## put what `make` built where modprobe finds it
	$(call kbuild,build/native,$(KDIR),modules_install)

.PHONY: setup
setup: ## install what the lab needs (Debian 12 or 13, as root)
	@tools/lab/setup
	@tools/lab/setup --check

.PHONY: modules
modules: $(addprefix modules-,$(lab_kernels)) ## the modules for the lab's kernels: build/stock, build/debug
	@test -n "$(lab_kernels)" || \
		{ echo "no lab kernel in $(CACHE): run make setup" >&2; exit 1; }

modules-%:
	$(call kbuild,build/$*,$(CACHE)/kernels/$*/build,$(strict-$*) $(KFLAGS) modules)

# What gcc warns of ends the build; tests/lint looks at what it has built.
strict-stock = W=1 KCFLAGS=-Werror

# What a peer of tomorrow may be, for tests of today's.
.PHONY: modules-of-a-newer-peer
modules-of-a-newer-peer:
	$(call kbuild,build/newer,$(CACHE)/kernels/stock/build,$(KFLAGS) modules,$(as_newer_peer))

as_newer_peer = @sed -i -f tests/lab/newer_peer.sed build/newer/mailbox/wire.h

# The same files as in tests/unit, so the tests are linked beside the sources.
.PHONY: kunit
kunit: ## the unit tests as a module for the debug kernel: build/kunit
	@mkdir -p build/kunit
	@find build/kunit -name '*.[ch]' -xtype l -delete
	@cp -rsf $(addprefix $(CURDIR)/,mailbox pf vf common) build/kunit
	@cp -rsf $(addprefix $(CURDIR)/tests/unit/,fixtures.h tap_test.h test_*.c) build/kunit
	@cp -rsf $(CURDIR)/tests/kunit/. build/kunit
	+@flock build/kunit $(MAKE) --no-print-directory \
		-C $(CACHE)/kernels/debug/build M=$(CURDIR)/build/kunit modules

# What QEMU and its firmware lack, for tests of sleep and shutdown.
power_kernel ?= stock
power_dir = build/power/$(power_kernel)
.PHONY: power
power:
	@mkdir -p $(power_dir)
	@cp -rsf $(CURDIR)/tests/lab/power/. $(power_dir)
	+@flock $(power_dir) $(MAKE) --no-print-directory \
		-C $(CACHE)/kernels/$(power_kernel)/build M=$(CURDIR)/$(power_dir) modules

.PHONY: demo
demo: ## see it work: a VF of the emulated 82576 in a nested guest
	@tools/lab/setup --demo
	@tools/lab/demo

.PHONY: lab
lab: ## a shell in the host VM with the drivers loaded
	@tools/lab/setup --demo
	@tools/lab/shell

# The quick tests come first. The last line counts passed, failed, skipped;
# T= passes arguments on, for example T='-k mailbox -x'.
.PHONY: check
check: ## every test: static, unit, lab on the stock kernel and, once it is built, the debug kernel
	@tools/lab/setup
	@$(MAKE) --no-print-directory tests

# Which kernels there are is known only after the set-up.
.PHONY: tests
tests: $(addprefix modules-,$(lab_kernels)) modules-of-a-newer-peer
	$(PYTEST) $(two_processes) tests/lint tests/unit tests/model tests/fuzz tests/lab $(T)

# One where pytest-xdist is missing: slower, otherwise the same.
two_processes = $(shell /usr/bin/python3 -c 'import xdist' 2>/dev/null && echo '' -n 2 --dist loadgroup)

.PHONY: bench
bench: ## what a packet costs, ours and igb's: table, JSON and plot in build/bench
	tools/lab/setup python3-matplotlib
	$(MAKE) modules-stock
	tests/bench/bench $(T)

.PHONY: static
static: ## compilers, checkers and house rules only
	$(PYTEST) tests/lint $(T)

.PHONY: unit
unit: ## unit tests of the pure files only
	$(PYTEST) tests/unit $(T)

.PHONY: fuzz
fuzz: ## fuzzers of both sides for T seconds in all, 60 by default
	$(MAKE) -C tests/fuzz run $(if $(T),T=$(T))

.PHONY: coverage
coverage: ## line and branch coverage of the unit tests
	$(MAKE) -C tests/unit coverage

.PHONY: clean
clean: ## remove build/
	rm -rf build

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z_]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | \
		expand -t 18
